import { once } from 'node:events';
import { resolve } from 'node:path';
import type { Service } from './service.js';

/** What a service needs in its `NODE_OPTIONS` to be asked by {@link keptMb}. */
export const TELLS_MEMORY = `--import ${resolve('test/support/tell-memory.mjs')}`;

/** The memory that the code of a service still uses when all garbage is collected. */
export async function keptMb(service: Service): Promise<number> {
  const before = service.stdout.length;
  service.process.kill('SIGUSR2');
  for (;;) {
    const [, bytes] = /^Memory in use: (\d+)\n/m.exec(service.stdout.slice(before)) ?? [];
    if (bytes !== undefined) return Number(bytes) / 1_000_000;
    await once(service.process.stdout!, 'data');
  }
}
