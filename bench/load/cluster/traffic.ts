import { setTimeout as delay } from 'node:timers/promises';
import { DIALECTS } from '../dialect.js';
import { ECHO_DATA, echoLength } from '../echo.js';
import { clientFrame } from '../frames.js';
import type { RawConnection } from '../raw-connection.js';
import { paced } from './paced.js';

const PATIENCE_MS = 2000;

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
  const frame = clientFrame(DIALECTS.nest.message('echo', ECHO_DATA));
  const length = await echoLength(connections[0] as RawConnection, 'nest');
  const answers = { accepted: 0, refused: 0 };
  for (const connection of connections) {
    connection.onFrame = (actual) => {
      if (actual === length) answers.accepted++;
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
