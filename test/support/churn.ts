import { connect } from 'node:net';
import { WebSocket } from 'ws';
import { GOOD, requestText } from './raw-handshake.js';

/** What somebody does from connecting to being gone. */
export type Visit = () => Promise<void>;

/** Visits until so many have ended, so many at a time, one kind after the other. */
export async function visits(kinds: readonly Visit[], count: number, atOnce: number): Promise<void> {
  let started = 0;
  const visitor = async (): Promise<void> => {
    while (started < count) await (kinds[started++ % kinds.length] as Visit)();
  };
  await Promise.all(Array.from({ length: atOnce }, visitor));
}

interface VisitOptions {
  token?: string;
  protocols?: string[];
  /** What happens once it is connected; ends the connection. */
  stay: (socket: WebSocket) => void;
}

/** A visit of somebody who is let in. */
export function visit(url: string, { token, protocols = [], stay }: VisitOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
    const socket = new WebSocket(url, protocols, { headers });
    socket.on('open', () => stay(socket));
    socket.on('error', reject);
    socket.on('close', () => resolve());
  });
}

/** A visit of somebody who is refused. @param status that the answer has to have */
export function refusedVisit(url: string, headers: Record<string, string>, status: number): Promise<void> {
  const { port, pathname } = new URL(url);
  return new Promise((resolve, reject) => {
    let text = '';
    const socket = connect(Number(port), '127.0.0.1', () =>
      socket.write(requestText(pathname, { ...GOOD, ...headers })),
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

/** A visit of somebody who does not wait for the answer. */
export function impatientVisit(url: string, token: string): Promise<void> {
  const { port, pathname } = new URL(url);
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), '127.0.0.1', () => {
      socket.write(requestText(pathname, { Authorization: `Bearer ${token}` }), () => socket.destroy());
    });
    socket.on('error', reject);
    socket.on('close', () => resolve());
  });
}
