import { BlockingLine, type StreamEntry } from '../../src/redis/link/blocking-line.js';
import { SCRIPT_START } from '../../src/redis/link/script-start.js';
import { defineScript } from '../../src/redis/link/script.js';
import { Membership } from '../../src/redis/nodes/membership.js';
import { ControlStream } from '../../src/redis/streams/control-stream.js';
import { compareIds, readEntry } from '../../src/redis/streams/stream-entry.js';
import { RedisBanStore } from '../../src/redis/tables/redis-ban-store.js';
import { RedisRevocationStore } from '../../src/redis/tables/redis-revocation-store.js';
import { RedisTables } from '../../src/redis/tables/redis-tables.js';
import { RightsTable } from '../../src/redis/tables/rights-table.js';
import { RedisTicketStore } from '../../src/redis/tickets/redis-ticket-store.js';
import { PREFIX, TestLink } from './redis-link.js';

const CONTROL = `${PREFIX}{c}:control`;
const LAST = defineScript(
  'last',
  `${SCRIPT_START}
local last = redis.call('XREVRANGE', KEYS[1], '+', '-', 'COUNT', 1)[1]
return {now, last and last[1] or '0-0'}
`,
);
const YEAR_MS = 31_536_000_000;

/** A node with tables and tickets in Redis. */
export class SharedNode {
  readonly membership: Membership;
  readonly control = new ControlStream(() => Promise.reject(new Error('reads only')));
  readonly tables: RedisTables;
  readonly revocations: RedisRevocationStore;
  readonly bans: RedisBanStore;
  readonly rights: RightsTable;
  readonly tickets: RedisTicketStore;
  /** Whether entries of the stream are dropped. */
  isDeaf = false;
  readonly faults: unknown[] = [];
  private readonly line: BlockingLine;
  private position = '0-0';
  private readonly waiting = new Set<() => void>();

  private constructor(
    readonly test: TestLink,
    rules = 'rules',
  ) {
    const { link, clock, wheel } = test;
    const settings = { prefix: PREFIX, deadlineMs: 1000, longestMs: YEAR_MS };
    this.membership = new Membership(
      link,
      { ...settings, rules, nodeTtlMs: 10_000, staleMs: 2000 },
      clock,
      wheel,
    );
    this.tables = new RedisTables(link, this.membership, this.control, settings, clock, wheel);
    this.revocations = new RedisRevocationStore(this.tables);
    this.bans = new RedisBanStore(this.tables, clock);
    this.rights = new RightsTable(this.tables, 3_600_000);
    this.tickets = new RedisTicketStore(link, settings);
    this.line = new BlockingLine(test.lines, clock, wheel, {
      positions: () => [[CONTROL, this.position]],
      onEntries: (_, entries) => this.read(entries),
      onHeard: (sentAt) => this.heard(sentAt),
      onLost: () => undefined,
      onError: (error) => this.faults.push(error),
    });
    this.membership.onBeat(() => this.check());
    for (const source of [this.membership, this.tables]) source.onFault((error) => this.faults.push(error));
  }

  static async start(url: string): Promise<SharedNode> {
    const node = new SharedNode(await TestLink.start(url));
    await node.test.up();
    await node.membership.start();
    await node.begin();
    await node.until(() => node.tables.isCurrent('revoked'));
    return node;
  }

  /** Resolves when this node has read what others have written before. */
  async settle(): Promise<void> {
    const last = await this.lastId();
    await this.until(() => compareIds(this.position, last) >= 0);
  }

  /** Resolves when the condition holds; asked after reads and beats. */
  until(condition: () => boolean): Promise<void> {
    return new Promise((resolve) => {
      const check = (): void => {
        if (!condition()) return;
        this.waiting.delete(check);
        resolve();
      };
      this.waiting.add(check);
      check();
    });
  }

  async stop(): Promise<void> {
    this.line.stop();
    await this.membership.stop();
    this.test.stop();
  }

  private async lastId(): Promise<string> {
    const { link } = this.test;
    const [, id] = (await link.run(LAST, link.control, [CONTROL], [])) as [number, string];
    return id;
  }

  private async begin(): Promise<void> {
    this.position = await this.lastId();
    this.line.start();
    await this.tables.load();
  }

  private read(entries: readonly StreamEntry[]): void {
    for (const raw of entries) {
      const entry = readEntry(raw);
      this.position = entry.id;
      if (!this.isDeaf) this.control.deliver(entry);
    }
  }

  private heard(sentAt: number): void {
    this.membership.heardControl(sentAt);
    this.check();
  }

  private check(): void {
    for (const check of this.waiting) check();
  }
}
