import { DIALECTS, type DialectName } from './dialect.js';
import { clientFrame, repeated } from './frames.js';
import type { RawConnection } from './raw-connection.js';

export const ECHO_DATA = { text: 'a message of thirty-two letters.' };
const PATIENCE_MS = 15_000;

export interface EchoOrder {
  readonly dialect: DialectName;
  readonly durationMs: number;
  /** Unanswered messages per connection. */
  readonly window: number;
}

export interface EchoResult {
  readonly messages: number;
  readonly elapsedMs: number;
}

/** Sends one echo request. @returns the length of its answer in bytes */
export async function echoLength(connection: RawConnection, dialect: DialectName): Promise<number> {
  const { message, meaningOf } = DIALECTS[dialect];
  const answer = await connection.ask(message('echo', ECHO_DATA));
  if (answer === undefined) throw new Error('no answer to an echo');
  if (meaningOf(answer).event !== 'echo' || !answer.includes(ECHO_DATA.text)) {
    throw new Error(`an echo is answered with ${answer.slice(0, 200)}`);
  }
  return Buffer.byteLength(answer);
}

/**
 * Keeps `window` unanswered messages on each connection until the time is over, and waits for the last answer.
 *
 * @throws Error when an answer is not an echo, a connection closes or answers are missing
 */
export async function driveEcho(
  connections: readonly RawConnection[],
  order: EchoOrder,
): Promise<EchoResult> {
  const { dialect, durationMs, window } = order;
  const length = await echoLength(connections[0] as RawConnection, dialect);
  const frames = repeated(clientFrame(DIALECTS[dialect].message('echo', ECHO_DATA)), window);
  const started = performance.now();
  const deadline = started + durationMs;
  let under = 0;
  let messages = 0;

  await new Promise<void>((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`${under} answers stay out`)), durationMs + PATIENCE_MS);
    const finish = (error?: Error): void => {
      clearTimeout(timer);
      for (const connection of connections) {
        connection.onFrame = connection.onRead = connection.onClose = () => undefined;
      }
      if (error) reject(error);
      else resolve();
    };
    for (const connection of connections) {
      let due = 0;
      connection.onClose = () => finish(new Error('a connection was closed under load'));
      connection.onFrame = (actual) => {
        if (actual === length) due++;
        else finish(new Error(`an answer of ${actual} bytes is no echo, which has ${length}`));
      };
      connection.onRead = () => {
        if (due === 0) return;
        messages += due;
        under -= due;
        if (performance.now() < deadline) {
          under += due;
          connection.write(frames[due] as Buffer);
        } else if (under === 0) finish();
        due = 0;
      };
      under += window;
      connection.write(frames[window] as Buffer);
    }
  });
  return { messages, elapsedMs: performance.now() - started };
}
