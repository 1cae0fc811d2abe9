import type { AddressInfo } from 'node:net';
import type { Server } from 'node:http';
import type { Server as SecureServer } from 'node:https';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { announce, answer, type Answers } from '../processes/answers.js';

/** The settings that every server gets at its start. */
export const settings = {
  secret: process.env['BENCH_SECRET'] ?? '',
  rateLimit: Number(process.env['BENCH_RATE_LIMIT']),
  rateTtlMs: Number(process.env['BENCH_RATE_TTL_MS']),
};

/** The event with its own limit, which is low enough to be reached. */
export const SCARCE = { limit: 2, ttl: 60_000 };

/** Connections that may wait to be accepted. An application has Node's default, 511. */
const BACKLOG = Number(process.env['BENCH_BACKLOG'] ?? 4096);

export interface Memory {
  readonly rss: number;
  /** The JavaScript heap and its buffers. */
  readonly heap: number;
}

let collect: (() => void) | undefined;

/** With an option of the process instead, V8 would compile again what it has kept of an earlier run. */
function garbageCollector(): () => void {
  setFlagsFromString('--expose-gc');
  return runInNewContext('gc') as () => void;
}

/** Opens the port and answers requests of the measuring process. @param more what else this server answers */
export function measured(
  server: Server | SecureServer,
  broadcast?: (event: string, data: unknown) => void,
  more: Answers = {},
): void {
  answer({
    ...more,
    cpu(): number {
      const { user, system } = process.cpuUsage();
      return user + system;
    },
    memory(): Memory {
      collect ??= garbageCollector();
      collect();
      collect();
      const { rss, heapUsed, external } = process.memoryUsage();
      return { rss, heap: heapUsed + external };
    },
    async broadcast({ times, together, data }: { times: number; together: number; data: unknown }) {
      if (!broadcast) throw new Error('this server has no broadcast');
      for (let n = 0; n < times; n += together) {
        for (let k = 0; k < together; k++) broadcast('news', data);
        // Lets the sockets write, as between two events.
        await new Promise((resolve) => setImmediate(resolve));
      }
    },
  });
  const ready = (): void => announce({ port: (server.address() as AddressInfo).port });
  if (server.listening) ready();
  else server.listen(0, '127.0.0.1', BACKLOG, ready);
}
