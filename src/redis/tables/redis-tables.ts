import { z } from 'zod';
import type { Clock } from '../../time/clock.js';
import { unawaited } from '../../time/maybe-promise.js';
import type { TimerWheel } from '../../time/timer-wheel.js';
import { Listeners } from '../link/listeners.js';
import type { RedisLink } from '../link/redis-link.js';
import { RedisUnavailableError } from '../link/redis-port.js';
import type { ControlState } from '../nodes/beat-reply.js';
import type { Membership } from '../nodes/membership.js';
import type { ControlStream } from '../streams/control-stream.js';
import { MalformedEntryError } from '../malformed-entry.error.js';
import { countOf } from '../stored-count.js';
import { readStored } from '../stored-text.js';
import { ServerClock } from './server-clock.js';
import { SharedTable } from './shared-table.js';
import { TableCalls, type TableCallSettings, type TableRow, takeRows } from './table-calls.js';
import { standInFor } from './stand-in.js';
import { TABLE_NAMES, type TableEntry, type TableName } from './table-entry.js';
import { TableLoading } from './table-loading.js';

/** How long a change may be on its way through the stream before its table is loaded, in milliseconds. */
const DELIVERY_MS = 300;

/** The name of a table, its version, then fields and rows. */
const CHANGE = z.tuple([z.string(), z.string()], z.string());

/** The tables that every node holds whole, and how they stay the same on all. */
export class RedisTables {
  readonly time: ServerClock;
  private readonly tables: Readonly<Record<TableName, SharedTable>>;
  private readonly calls: TableCalls;
  private readonly writable = new Listeners<[]>();
  private readonly faults = new Listeners<[unknown]>();
  private readonly loading: TableLoading;
  private readonly writingBack = new Set<TableName>();

  constructor(
    link: RedisLink,
    private readonly membership: Membership,
    control: ControlStream,
    private readonly settings: TableCallSettings,
    private readonly clock: Clock,
    private readonly wheel: TimerWheel,
  ) {
    const tableOf = (name: TableName): SharedTable => new SharedTable(name);
    this.tables = { revoked: tableOf('revoked'), banned: tableOf('banned'), rights: tableOf('rights') };
    this.time = new ServerClock(link, clock);
    this.calls = new TableCalls(link, settings, () => clock.monotonic());
    this.loading = new TableLoading((name) => this.read(name));
    control.on('t', (body) => this.heard(body));
    control.onGap(() => this.attempt(() => this.loading.lost()));
    membership.onAssert((partition) => (partition === link.control ? this.assert() : undefined));
    membership.onBeat((_, { state, outcome }, sentAt) => {
      if (state && outcome === 'ok') this.compare(state.tables, sentAt);
    });
  }

  /** Whether this node knows everything of a table that counts now. */
  isCurrent(name: TableName): boolean {
    return this.loading.knows(name) && this.membership.isCurrent();
  }

  table(name: TableName): SharedTable {
    return this.tables[name];
  }

  /**
   * Loads what is missing; call it once the stream of changes is being read. What fails is tried again with the next
   * beat, so this waits for one attempt only.
   */
  load(): Promise<void> {
    return this.loading.start();
  }

  /** @throws RedisUnavailableError when some of it may not be written */
  write(name: TableName, rows: readonly TableRow[]): Promise<void> {
    return this.calls.write(this.tables[name], rows);
  }

  /** Calls `listener` about once a second, while Redis can be reached. */
  onWritable(listener: () => void): void {
    this.writable.add(listener);
  }

  /** Calls `listener` with errors that Redis did not cause. */
  onFault(listener: (error: unknown) => void): void {
    this.faults.add(listener);
  }

  /** Runs work that nobody awaits. Outages are not reported. */
  attempt(work: () => Promise<void>): void {
    unawaited(work, (error) => {
      if (!(error instanceof RedisUnavailableError)) this.faults.tell(error);
    });
  }

  private heard(body: string): void {
    const [name, version, ...rows] = readStored(body, CHANGE, 'a change of a table');
    // A later format may have more tables.
    const table = TABLE_NAMES.find((known) => known === name);
    if (!table) return;
    const malformed = takeRows(this.tables[table], rows);
    // With the next beat the whole table is loaded, and what is stored decides.
    const reached = countOf(version);
    if (malformed.length > 0 || reached === undefined) throw new MalformedEntryError(`a change of ${name}`);
    this.tables[table].reached(reached, this.clock.monotonic());
  }

  private async read(name: TableName): Promise<void> {
    const malformed = await this.calls.load(this.tables[name]);
    if (malformed.length > 0) this.replace(name, malformed);
  }

  /** Puts something else in the place of rows that cannot be read, here at once. */
  private replace(name: TableName, keys: readonly string[]): void {
    const table = this.tables[name];
    const now = this.time.now();
    this.faults.tell(new MalformedEntryError(`a row of ${name}`));
    for (const key of keys)
      if (!table.get(key)) table.join(key, standInFor(name, key, now, this.settings.longestMs));
    this.attempt(() =>
      this.calls.writeAgain(
        table,
        keys.map((key) => [key, table.get(key) as TableEntry]),
      ),
    );
  }

  private async assert(): Promise<void> {
    const now = this.time.now();
    for (const name of TABLE_NAMES) await this.calls.writeBack(this.tables[name], now);
  }

  private compare(versions: ControlState['tables'], sentAt: number): void {
    const now = this.time.now();
    for (const name of TABLE_NAMES) {
      const table = this.tables[name];
      table.sweep(now);
      if (table.isAhead(versions[name], sentAt)) this.writeBack(table, versions[name], now);
      else if (versions[name] > table.knownVersion) this.expect(name, versions[name]);
    }
    this.writable.tell();
    this.attempt(() => this.loading.loadMissing());
  }

  /** Redis has lost a table, though not its memory. */
  private writeBack(table: SharedTable, version: number, now: number): void {
    if (this.writingBack.has(table.name)) return;
    this.writingBack.add(table.name);
    this.attempt(async () => {
      try {
        if (!(await this.calls.writeBack(table, now))) table.setBack(version);
      } finally {
        this.writingBack.delete(table.name);
      }
    });
  }

  /** A change that does not come through the stream was missed. */
  private expect(name: TableName, version: number): void {
    this.wheel.schedule(DELIVERY_MS, () => {
      if (this.tables[name].knownVersion < version) this.attempt(() => this.loading.load(name));
    });
  }
}
