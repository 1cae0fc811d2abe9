import { setTimeout as delay } from 'node:timers/promises';
import { DIALECTS, type DialectName } from './dialect.js';
import { clientFrame } from './frames.js';
import { RawConnection } from './raw-connection.js';
import { textOf } from './refused-frames.js';
import type { Target } from './target.js';
import { forgeToken, mintToken } from './tokens.js';

const TICK_MS = 5;
const CONNECTIONS = 4;
const SOURCE = process.platform === 'linux' ? '127.0.0.66' : undefined;

export interface AttackOrder extends Target {
  readonly dialect: DialectName;
  readonly durationMs: number;
  readonly framesPerSecond: number;
  /** Handshakes with forged tokens. */
  readonly handshakesPerSecond: number;
}

export interface AttackResult {
  /** The number of connections that the server closed. */
  readonly cutOff: number;
}

/**
 * A client with a valid token that sends garbage, unknown events and messages over its limit at a steady rate. It
 * reconnects when it is closed, and also tries forged tokens. It ignores all answers.
 */
export async function attack(order: AttackOrder): Promise<AttackResult> {
  const { port, tls, dialect, durationMs, framesPerSecond, handshakesPerSecond } = order;
  const frames = (['garbage', 'unknown event', 'over limit'] as const).map((kind) =>
    clientFrame(textOf(kind, dialect)),
  );
  const own = { port, tls, source: SOURCE, ...DIALECTS[dialect].handshake(mintToken('attacker')) };
  const forged = { port, tls, source: SOURCE, ...DIALECTS[dialect].handshake(forgeToken('attacker')) };
  let sent = 0;
  let knocked = 0;
  let cutOff = 0;
  let isOver = false;
  const lines: (RawConnection | undefined)[] = Array<undefined>(CONNECTIONS).fill(undefined);
  const opening = new Set<number>();

  const open = async (index: number): Promise<void> => {
    opening.add(index);
    try {
      const connection = await RawConnection.open(own);
      connection.onClose = () => {
        if (!isOver) cutOff++;
        lines[index] = undefined;
      };
      if (isOver) connection.destroy();
      else lines[index] = connection;
    } catch {
      // Refused: the next tick tries again.
    } finally {
      opening.delete(index);
    }
  };
  const knock = async (): Promise<void> => {
    knocked++;
    await RawConnection.open(forged).then(
      (connection) => connection.destroy(),
      () => undefined,
    );
  };

  const started = performance.now();
  for (let elapsed = 0; elapsed < durationMs; elapsed = performance.now() - started) {
    for (let index = 0; index < CONNECTIONS; index++)
      if (!lines[index] && !opening.has(index)) void open(index);
    const connected = lines.filter((line) => line !== undefined);
    const due = Math.floor((elapsed / 1000) * framesPerSecond) - sent;
    for (let n = 0; n < due; n++) {
      const frame = frames[sent++ % frames.length] as Buffer;
      connected[n % connected.length]?.write(frame);
    }
    const knocks = Math.floor((elapsed / 1000) * handshakesPerSecond) - knocked;
    for (let n = 0; n < knocks; n++) void knock();
    await delay(TICK_MS);
  }
  isOver = true;
  for (const line of lines) line?.destroy();
  return { cutOff };
}
