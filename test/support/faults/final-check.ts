import type { Chat } from './chat.js';
import { CAP, type FaultWorld, pause } from './fault-world.js';
import { Peer } from './peer.js';
import type { TicketUsers } from './ticket-users.js';

/** After the last fault everything has to work again within this time. */
const HEALED_MS = 25_000;
/** An idle node takes about 100. */
const MOST_MB = 300;

/** What has to hold when nothing is wrong any more. */
export class FinalCheck {
  constructor(
    private readonly world: FaultWorld,
    private readonly chat: Chat,
    private readonly tickets: TicketUsers,
  ) {}

  async run(): Promise<void> {
    const { world } = this;
    for (const { index } of world.nodes)
      await this.eventually(`node ${index} serves`, () => this.serves(index));
    await this.eventually(
      'a ticket is good once',
      async () => (await this.tickets.use('ticket-last', 0)) === 1,
    );
    await this.eventually('the cap is exact', () => this.isCapExact());
    await this.eventually('all members see the last push', () => this.isLastSeen());
    await this.checkKeys();
    // R11
    for (const { index, residentMb } of world.nodes)
      if (residentMb > MOST_MB) world.violation(`node ${index} takes ${residentMb.toFixed(0)} MB`);
  }

  private async serves(node: number): Promise<boolean> {
    const peer = await this.world.connect(node, { token: await this.world.token(`last-${node}`) });
    if (!(peer instanceof Peer)) return false;
    const frame = await peer.request('echo', { text: 'x' });
    peer.close();
    return frame?.event === 'echo';
  }

  /** Nobody holds a place any more that is not open. */
  private async isCapExact(): Promise<boolean> {
    const token = await this.world.token('crowd');
    const attempts = Array.from({ length: 3 * CAP }, (_, n) =>
      this.world.connect(n % this.world.nodes.length, { token }),
    );
    const peers = (await Promise.all(attempts)).filter((peer) => peer instanceof Peer);
    for (const peer of peers) peer.close();
    await Promise.all(peers.map(({ closed }) => closed));
    if (peers.length > CAP) this.world.violation(`${peers.length} of ${CAP} connections when all is well`);
    return peers.length === CAP;
  }

  private async isLastSeen(): Promise<boolean> {
    const text = await this.chat.sendLast();
    await pause(1000);
    return text !== undefined && this.chat.members.every(({ current }) => current.includes(text));
  }

  /** R12 */
  private async checkKeys(): Promise<void> {
    const { redis } = this.world;
    const keys = (await redis.command('KEYS', '*')) as string[];
    for (const key of keys) {
      const ttl = Number(await redis.command('PTTL', key));
      if (ttl === -1) this.world.violation(`${key} has no end`);
      if (/crowd|flood|member|sender|gone|kicked|ticket-|127\.0\.0\.1/.test(key))
        this.world.violation(`${key} names somebody`);
    }
  }

  private async eventually(what: string, isSo: () => Promise<boolean>): Promise<void> {
    const deadline = performance.now() + HEALED_MS;
    while (performance.now() < deadline) {
      if (await isSo()) return;
      await pause(300);
    }
    this.world.violation(`not again within ${HEALED_MS} ms: ${what}`);
  }
}
