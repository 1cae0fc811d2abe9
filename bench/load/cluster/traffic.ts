import { setTimeout as delay } from 'node:timers/promises';
import { ECHO_DATA } from '../echo.js';
import { clientFrame } from '../frames.js';
import type { RawConnection } from '../raw-connection.js';
import { paced } from './paced.js';

const PATIENCE_MS = 2000;
// With an id: of several refused messages without one, only the first is answered.
const ECHO = JSON.stringify({ event: 'echo', data: ECHO_DATA, id: 1 });
// The answer has the same members.
const ECHO_LENGTH = Buffer.byteLength(ECHO);

export interface TrafficOrder {
  /** Messages a second of all connections together. */
  readonly perSecond: number;
  readonly durationMs: number;
}

export interface TrafficResult {
  readonly sent: number;
  readonly accepted: number;
  /** Messages over the limit. */
  readonly refused: number;
  readonly unanswered: number;
}

/** Sends echoes on connections that are picked at random, as independent users do, and waits for the answers. */
export async function driveTraffic(
  connections: readonly RawConnection[],
  { perSecond, durationMs }: TrafficOrder,
): Promise<TrafficResult> {
  const frame = clientFrame(ECHO);
  const answers = { accepted: 0, refused: 0 };
  for (const connection of connections) {
    connection.onFrame = (actual) => {
      if (actual === ECHO_LENGTH) answers.accepted++;
      else answers.refused++;
    };
  }
  const sent = await paced(perSecond, durationMs, () => {
    connections[Math.floor(Math.random() * connections.length)]?.write(frame);
  });
  const missing = (): number => sent - answers.accepted - answers.refused;
  const deadline = performance.now() + PATIENCE_MS;
  while (missing() > 0 && performance.now() < deadline) await delay(5);
  for (const connection of connections) connection.onFrame = () => undefined;
  return { sent, ...answers, unanswered: missing() };
}
