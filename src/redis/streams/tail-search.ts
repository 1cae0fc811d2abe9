import type { Clock } from '../../time/clock.js';
import { type RedisPort, RedisUnavailableError } from '../link/redis-port.js';
import { Nap } from './nap.js';
import { TAIL } from './stream.scripts.js';
import type { StreamName } from './stream-writer.js';

const RETRY_MS = 200;

/** Where a stream stands: the id of its last entry, empty when there is none, and the number of the last one written. */
export type StreamTail = readonly [id: string, g: number];

/** Finds out where streams stand, as soon as Redis can tell. */
export class TailSearch {
  private readonly nap: Nap;
  private isStopped = false;

  constructor(
    private readonly port: RedisPort,
    clock: Clock,
    private readonly deadlineMs: number,
  ) {
    this.nap = new Nap(clock);
    port.onUp((partition) => partition === port.control && this.nap.wake());
  }

  /** @param keys the hash of what was sent, then the streams @returns undefined when it was stopped */
  async find(
    keys: readonly string[],
    names: readonly StreamName[],
  ): Promise<readonly StreamTail[] | undefined> {
    const { port, deadlineMs } = this;
    while (!this.isStopped) {
      try {
        const reply = await port.run(TAIL, port.control, keys, names, { deadlineMs });
        if (this.isStopped) break;
        const [, ...tails] = reply as (string | number)[];
        return names.map((_, i) => [String(tails[2 * i]), Number(tails[2 * i + 1])]);
      } catch (error) {
        if (!(error instanceof RedisUnavailableError)) throw error;
        await this.nap.rest(RETRY_MS);
      }
    }
    return undefined;
  }

  stop(): void {
    this.isStopped = true;
    this.nap.wake();
  }
}
