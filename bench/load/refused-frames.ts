import { DIALECTS, type DialectName } from './dialect.js';
import { ECHO_DATA, echoLength } from './echo.js';
import { clientFrame, repeated } from './frames.js';
import type { RawConnection } from './raw-connection.js';

const TOO_LONG = 'x'.repeat(101);
const PATIENCE_MS = 15_000;

/** The kinds of frames in a batch: served messages, or one kind of refused frame. */
export const FRAME_KINDS = [
  'served',
  'garbage',
  'malformed JSON',
  'unknown event',
  'over limit',
  'invalid body',
] as const;

export type FrameKind = (typeof FRAME_KINDS)[number];

export interface BatchOrder {
  readonly dialect: DialectName;
  readonly kind: FrameKind;
  /** Frames in a batch. An echo follows, whose answer shows that the batch was processed. */
  readonly size: number;
  readonly durationMs: number;
}

export interface BatchResult {
  readonly batches: number;
  /** Connections that the server closed because it counts such frames. */
  readonly closed: number;
  readonly elapsedMs: number;
}

/** Sends one batch after another on each connection. Answers to refused frames do not count: some servers send none. */
export async function driveBatches(
  connections: readonly RawConnection[],
  order: BatchOrder,
): Promise<BatchResult> {
  const { dialect, kind, size, durationMs } = order;
  const length = await echoLength(connections[0] as RawConnection, dialect);
  const echo = clientFrame(DIALECTS[dialect].message('echo', ECHO_DATA));
  const bytes = Buffer.concat([repeated(clientFrame(textOf(kind, dialect)), size)[size] as Buffer, echo]);
  const perBatch = kind === 'served' ? size + 1 : 1;
  const started = performance.now();
  const deadline = started + durationMs;
  let batches = 0;
  let closed = 0;
  let busy = 0;

  await new Promise<void>((resolve, reject) => {
    const timer = setTimeout(
      () => reject(new Error(`${busy} connections wait for an echo after ${kind}`)),
      durationMs + PATIENCE_MS,
    );
    const rest = (connection: RawConnection): void => {
      connection.onFrame = connection.onRead = connection.onClose = () => undefined;
      busy--;
      if (busy > 0) return;
      clearTimeout(timer);
      resolve();
    };
    for (const connection of connections.filter(({ isClosed }) => !isClosed)) {
      let echoes = 0;
      busy++;
      connection.onClose = () => {
        closed++;
        rest(connection);
      };
      connection.onFrame = (actual) => {
        if (actual === length) echoes++;
      };
      connection.onRead = () => {
        if (echoes < perBatch) return;
        echoes -= perBatch;
        batches++;
        if (performance.now() < deadline) connection.write(bytes);
        else rest(connection);
      };
      connection.write(bytes);
    }
    if (busy === 0) {
      clearTimeout(timer);
      reject(new Error('no connection is open'));
    }
  });
  return { batches, closed, elapsedMs: performance.now() - started };
}

/** The text of a message of a kind. */
export function textOf(kind: FrameKind, dialect: DialectName): string {
  const { message, garbage } = DIALECTS[dialect];
  const texts: Readonly<Record<FrameKind, string>> = {
    served: message('echo', ECHO_DATA),
    garbage,
    // It begins and ends as an object does.
    'malformed JSON': `${garbage}}}`,
    'unknown event': message('nobody.listens', ECHO_DATA),
    'over limit': message('scarce'),
    'invalid body': message('echo', { text: TOO_LONG }),
  };
  return texts[kind];
}
