import { connect } from 'node:net';
import { VALID_HEADERS, requestText } from './raw-handshake.js';
import { Visitor } from './visitor.js';

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
  stay: (visitor: Visitor) => void;
}

/** A visit that is accepted. */
export function visit(url: string, { stay, protocols = [], ...options }: VisitOptions): Promise<void> {
  return new Promise((onClose, onError) => {
    Visitor.arrive(new URL(url), { ...options, protocols, onOpen: stay, onClose, onError });
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
