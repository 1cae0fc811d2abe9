import { setTimeout as delay } from 'node:timers/promises';
import { monotonic } from '../../processes/monotonic.js';
import { ECHO_DATA } from '../echo.js';
import { clientFrame } from '../frames.js';
import { closeGroup, openGroup, type OpenOrder } from '../group.js';
import type { RawConnection } from '../raw-connection.js';
import { paced } from './paced.js';

const PATIENCE_MS = 3000;
const ATTEMPTS = 10;
const PAUSE_MS = 500;

export interface HonestOrder {
  readonly ports: readonly number[];
  readonly users: number;
  /** Messages a second of all users together. */
  readonly perSecond: number;
  readonly durationMs: number;
}

export interface HonestResult {
  /** When each message was sent, in monotonic milliseconds, how long its answer took, and the index of its node. */
  readonly answered: [sentAt: number, ms: number, node: number][];
  readonly unanswered: number;
}

/** Users with a connection each who stay below their limit, and how long each of their messages waits. */
export async function honest({ ports, users, perSecond, durationMs }: HonestOrder): Promise<HonestResult> {
  const sentAt = new Map<number, number>();
  const answered: HonestResult['answered'] = [];
  const hear = (text: string, node: number): void => {
    const id = Number(/"id":(\d+)/.exec(text)?.[1]);
    const sent = sentAt.get(id);
    if (sent === undefined) return;
    sentAt.delete(id);
    answered.push([sent, monotonic() - sent, node]);
  };
  const connections: RawConnection[] = [];
  for (const [index, port] of ports.entries()) {
    const count = Math.ceil(users / ports.length);
    const group = { port, dialect: 'nest', count, first: index * count, spread: false } as const;
    connections.push(...(await openPatiently({ ...group, onText: (text) => hear(text, index) })));
  }
  await paced(perSecond, durationMs, (id) => {
    const text = JSON.stringify({ event: 'echo', data: ECHO_DATA, id });
    sentAt.set(id, monotonic());
    connections[id % connections.length]?.write(clientFrame(text));
  });
  const deadline = performance.now() + PATIENCE_MS;
  while (sentAt.size > 0 && performance.now() < deadline) await delay(5);
  closeGroup(connections);
  return { answered, unanswered: sentAt.size };
}

/** A node that does not know what is revoked, since it was too busy or Redis away a moment ago, refuses for a while. */
async function openPatiently(order: OpenOrder): Promise<RawConnection[]> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await openGroup(order);
    } catch (error) {
      if (attempt === ATTEMPTS) throw error;
      await delay(PAUSE_MS);
    }
  }
}

/** Whether a node lets a user in who shows a token. */
export async function isAdmitting(port: number): Promise<boolean> {
  try {
    const [connection] = await openGroup({ port, dialect: 'nest', count: 1, first: 1e6, spread: false });
    connection?.destroy();
    return true;
  } catch {
    return false;
  }
}
