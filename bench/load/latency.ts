import { DIALECTS, type DialectName } from './dialect.js';
import { ECHO_DATA, echoLength } from './echo.js';
import { clientFrame } from './frames.js';
import { monotonic } from '../processes/monotonic.js';
import type { RawConnection } from './raw-connection.js';

const PATIENCE_MS = 10_000;

export interface LatencyOrder {
  readonly dialect: DialectName;
  /** The interval between messages of a connection, whether the last one was answered or not. */
  readonly everyMs: number;
  readonly durationMs: number;
}

export interface LatencyResult {
  readonly latencies: number[];
  /** When each of these messages was due, in monotonic milliseconds. */
  readonly dueAt: number[];
  readonly unanswered: number;
}

/** Measures response times from when a message was due, so that a stalled server cannot hide its delay. */
export async function driveLatency(
  connections: readonly RawConnection[],
  order: LatencyOrder,
): Promise<LatencyResult> {
  const { dialect, everyMs, durationMs } = order;
  const length = await echoLength(connections[0] as RawConnection, dialect);
  const frame = clientFrame(DIALECTS[dialect].message('echo', ECHO_DATA));
  const perConnection = Math.max(1, Math.floor(durationMs / everyMs));
  const total = perConnection * connections.length;
  const latencies: number[] = [];
  const dueAt: number[] = [];
  const started = performance.now();
  const toMonotonic = monotonic() - started;

  await new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, durationMs + PATIENCE_MS);
    const lines = connections.map((connection, index) => {
      const line = { connection, sent: 0, answered: 0, offset: (index / connections.length) * everyMs };
      const dueOf = (n: number): number => started + line.offset + n * everyMs;
      connection.onFrame = (actual) => {
        if (actual !== length) return;
        const due = dueOf(line.answered++);
        latencies.push(performance.now() - due);
        dueAt.push(due + toMonotonic);
        if (latencies.length < total) return;
        clearTimeout(timer);
        resolve();
      };
      return { line, dueOf };
    });
    const pace = setInterval(() => {
      const now = performance.now();
      let open = 0;
      for (const { line, dueOf } of lines) {
        for (; line.sent < perConnection && dueOf(line.sent) <= now; line.sent++)
          line.connection.write(frame);
        if (line.sent < perConnection) open++;
      }
      if (open === 0) clearInterval(pace);
    }, 1);
  });
  for (const connection of connections) connection.onFrame = () => undefined;
  return { latencies, dueAt, unanswered: total - latencies.length };
}
