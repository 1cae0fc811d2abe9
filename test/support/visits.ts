import { connect } from 'node:net';
import { WebSocket } from 'ws';
import { VALID_HEADERS, requestText } from './raw-handshake.js';

/** One connection from start to end. */
export type Visit = () => Promise<void>;

/** Runs `count` visits, `atOnce` at a time, taking the kinds in turn. */
export async function runVisits(kinds: readonly Visit[], count: number, atOnce: number): Promise<void> {
  let started = 0;
  const worker = async (): Promise<void> => {
    while (started < count) await (kinds[started++ % kinds.length] as Visit)();
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
}

interface VisitOptions {
  token?: string;
  protocols?: string[];
  /** Called when connected; must end the connection. */
  stay: (socket: WebSocket) => void;
}

/** A visit that is accepted. */
export function visit(url: string, { token, protocols = [], stay }: VisitOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
    const socket = new WebSocket(url, protocols, { headers });
    socket.on('open', () => stay(socket));
    socket.on('error', reject);
    socket.on('close', () => resolve());
  });
}

/** A visit that is refused. @param status the expected status of the response */
export function refusedVisit(url: string, headers: Record<string, string>, status: number): Promise<void> {
  const { port, pathname } = new URL(url);
  return new Promise((resolve, reject) => {
    let text = '';
    const socket = connect(Number(port), '127.0.0.1', () =>
      socket.write(requestText(pathname, { ...VALID_HEADERS, ...headers })),
    );
    socket.setEncoding('latin1');
    socket.on('data', (chunk: string) => (text += chunk));
    socket.on('error', reject);
    socket.on('close', () => {
      if (text.startsWith(`HTTP/1.1 ${status} `)) resolve();
      else reject(new Error(`refused with ${text.slice(0, 40)}`));
    });
  });
}

/** A visit that disconnects before the answer to its handshake. */
export function abortedVisit(url: string, token: string): Promise<void> {
  const { port, pathname } = new URL(url);
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), '127.0.0.1', () => {
      socket.write(requestText(pathname, { Authorization: `Bearer ${token}` }), () => socket.destroy());
    });
    socket.on('error', reject);
    socket.on('close', () => resolve());
  });
}
