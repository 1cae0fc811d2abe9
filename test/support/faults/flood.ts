import { type FaultWorld, LIMIT, pause, WINDOW_MS } from './fault-world.js';
import { Peer } from './peer.js';

const USERS = ['flood-one', 'flood-two'];
/** Milliseconds between two messages at one node: together they send more than is allowed. */
const EACH_MS = [25, 60] as const;

interface Hit {
  readonly node: number;
  readonly sentAt: number;
  readonly answeredAt: number;
}

/** Users who send more messages than they may, at all nodes. No window may have seen more of them than the limit. */
export class Flood {
  readonly codes = new Map<string, number>();
  private readonly hits = new Map<string, Hit[]>(USERS.map((user) => [user, []]));

  constructor(private readonly world: FaultWorld) {}

  get accepted(): number {
    return [...this.hits.values()].reduce((sum, { length }) => sum + length, 0);
  }

  async run(): Promise<void> {
    const each = USERS.flatMap((user, n) =>
      this.world.nodes.map(({ index }) => this.flood(user, index, 10 * n + index)),
    );
    await Promise.all(each);
  }

  check(): void {
    for (const [user, hits] of this.hits) this.checkOf(user, hits);
  }

  private async flood(user: string, node: number, part: number): Promise<void> {
    const random = this.world.random(100 + part);
    const token = await this.world.token(user);
    let peer: Peer | number = 0;
    while (!this.world.isOver) {
      if (!(peer instanceof Peer && peer.isOpen)) peer = await this.world.connect(node, { token });
      if (peer instanceof Peer) void this.send(peer, user, node);
      await pause(random.between(...EACH_MS));
    }
    if (peer instanceof Peer) peer.close();
  }

  private async send(peer: Peer, user: string, node: number): Promise<void> {
    const sentAt = performance.now();
    const frame = await peer.request('echo', { text: 'x' });
    if (!frame) return;
    const code = frame.event === 'echo' ? 'echo' : String(frame.data?.['code']);
    this.codes.set(code, (this.codes.get(code) ?? 0) + 1);
    if (code === 'echo') this.hits.get(user)?.push({ node, sentAt, answeredAt: performance.now() });
    else if (code !== 'RATE_LIMITED' && code !== 'OVERLOADED')
      this.world.violation(`"echo" was answered ${code}`);
  }

  private checkOf(user: string, all: readonly Hit[]): void {
    const hits = all.toSorted((one, other) => one.sentAt - other.sentAt);
    for (const [first, { sentAt }] of hits.entries()) {
      const end = sentAt + WINDOW_MS;
      const within: Hit[] = [];
      for (let i = first; i < hits.length && (hits[i] as Hit).sentAt < end; i++)
        if ((hits[i] as Hit).answeredAt < end) within.push(hits[i] as Hit);
      if (within.length <= LIMIT || this.isExcused(sentAt, end)) continue;
      const last = Math.max(...within.map(({ answeredAt }) => answeredAt));
      const each = this.world.nodes.map(({ index }) => within.filter(({ node }) => node === index).length);
      this.world.violation(
        `${within.length} of ${LIMIT} messages of ${user} from ${sentAt.toFixed(0)} to ${last.toFixed(0)} ms, by node ${each.join(', ')}`,
        sentAt - WINDOW_MS,
        end,
      );
      return;
    }
  }

  /** Redis has forgotten what it counted, or nodes counted for themselves. */
  private isExcused(from: number, to: number): boolean {
    const { log, rules } = this.world;
    if (log.losses(from - WINDOW_MS, to).length > 0) return true;
    return rules.outage === 'local' && log.during(from - WINDOW_MS - 3000, to).length > 0;
  }
}
