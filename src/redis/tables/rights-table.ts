import { z } from 'zod';
import { userKey } from '../../connection/revocation-keys.js';
import type { RightsSignal } from '../../nodes/cluster-signals.js';
import { RIGHTS } from '../signals/stored-signal.js';
import { readStored } from '../stored-text.js';
import type { RedisTables } from './redis-tables.js';
import { storedKey } from './table-entry.js';

/**
 * @param before epoch milliseconds by the clock of this process: connections accepted then or earlier are concerned
 * @param call what the writer gave it along
 */
type RightsListener = (signal: RightsSignal, before: number, call: string) => void;

/**
 * Rights of users that changed while they are connected. They are remembered for as long as a connection lasts, so that
 * a node that was cut off gives them to the connections it had before.
 */
export class RightsTable {
  /** @param rememberMs as long as the longest session, in milliseconds */
  constructor(
    private readonly tables: RedisTables,
    private readonly rememberMs: number,
  ) {}

  /**
   * Tells all nodes. Listeners of this one have heard when it resolves.
   *
   * @param call is given along, so that answers of nodes can name it
   * @throws RedisUnavailableError when it may not be written
   */
  async write(signal: RightsSignal, call = ''): Promise<void> {
    const key = storedKey(userKey(signal.id, signal.issuer));
    const payload = JSON.stringify({ signal, call } satisfies Change);
    await this.tables.write('rights', [[key, '', '', String(this.rememberMs), payload]]);
  }

  /** Calls `listener` with rights that changed on any node. */
  onChanged(listener: RightsListener): void {
    this.tables.table('rights').onChanged((_, { payload, mark }, before) => {
      if (payload === before?.payload && mark === before.mark) return;
      // What could not be read was replaced by nothing.
      if (payload === '') return;
      // A mistake in one row is no reason not to read the others.
      this.tables.attempt(async () => {
        const { signal, call } = readStored(payload, CHANGE, 'changed rights');
        listener(signal, this.tables.time.here(mark), call);
      });
    });
  }
}

interface Change {
  readonly signal: RightsSignal;
  readonly call: string;
}

const CHANGE: z.ZodType<Change> = z.object({ signal: RIGHTS, call: z.string() });
