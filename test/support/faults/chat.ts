import { type FaultWorld, pause } from './fault-world.js';
import { Member, type Stay } from './member.js';
import { Peer } from './peer.js';

const ROOM = 'lobby';
const MEMBERS_EACH = 2;
/** How long a push is tried to be stored, and a moment more. */
const KEPT_MS = 6000;

interface Push {
  readonly text: string;
  readonly sentAt: number;
  readonly storedAt: number;
}

/** Members of a room on all nodes, some of whom break off and resume elsewhere, and who sends to it. */
export class Chat {
  readonly stored: Push[] = [];
  refused = 0;
  readonly members: Member[];
  private visits: Promise<void>[] = [];
  private lasts = 0;

  constructor(private readonly world: FaultWorld) {
    const count = MEMBERS_EACH * world.nodes.length;
    this.members = Array.from({ length: count }, (_, n) => new Member(world, `member-${n}`, ROOM, n));
  }

  /** Resolves when nothing more is sent; members stay until {@link end}. */
  async run(): Promise<void> {
    this.visits = this.members.map((member) => member.run());
    await Promise.all(this.world.nodes.map(({ index }) => this.send(index)));
  }

  /** One more. @returns its text, undefined when it was not stored */
  async sendLast(): Promise<string | undefined> {
    const peer = await this.world.connect(0, { token: await this.world.token('sender-last') });
    if (!(peer instanceof Peer)) return undefined;
    const text = `last:${++this.lasts}`;
    await this.push(peer, text);
    peer.close();
    return this.stored.at(-1)?.text === text ? text : undefined;
  }

  async end(): Promise<void> {
    for (const member of this.members) member.end();
    await Promise.all(this.visits);
  }

  check(): void {
    for (const member of this.members) {
      member.check();
      this.checkLost(member);
    }
    this.checkOrder();
  }

  /** One after the other, at its own node. */
  private async send(node: number): Promise<void> {
    const random = this.world.random(500 + node);
    const token = await this.world.token(`sender-${node}`);
    let peer: Peer | number = 0;
    for (let n = 0; !this.world.isOver; n++) {
      if (!(peer instanceof Peer && peer.isOpen)) peer = await this.world.connect(node, { token });
      if (peer instanceof Peer) await this.push(peer, `${node}:${n}`);
      await pause(random.between(60, 160));
    }
    if (peer instanceof Peer) peer.close();
  }

  private async push(peer: Peer, text: string): Promise<void> {
    const sentAt = performance.now();
    const frame = await peer.request('chat.send', { room: ROOM, text });
    if (!frame) return;
    if (frame.event !== 'exception') this.stored.push({ text, sentAt, storedAt: performance.now() });
    else if (frame.data?.['code'] === 'OVERLOADED' || frame.data?.['code'] === 'RATE_LIMITED') this.refused++;
    else this.world.violation(`"chat.send" was answered ${JSON.stringify(frame.data)}`);
  }

  /** Two sessions at the same time have to see what they both see in one order. */
  private checkOrder(): void {
    const stays = this.members.flatMap((member) => member.stays);
    for (const [i, one] of stays.entries())
      for (const other of stays.slice(i + 1)) {
        if (one.endedAt < other.startedAt || other.endedAt < one.startedAt) continue;
        const wrong = inOtherOrder(one, other).find((at) => !this.isOrderExcused(...at));
        if (!wrong) continue;
        const [text, from, to] = wrong;
        const at = `from ${from.toFixed(0)} to ${to.toFixed(0)} ms`;
        this.world.violation(
          `${one.user} and ${other.user} saw "${text}" in different orders, ${at}`,
          from,
          to,
        );
        return;
      }
  }

  /**
   * What was stored before Redis lost its memory, and not acknowledged, is stored again, after what others stored
   * meanwhile. Under `local` members of a node that is alone see its pushes before those that others stored.
   */
  private isOrderExcused(_text: string, from: number, to: number): boolean {
    const { log, rules } = this.world;
    if (log.losses(from - KEPT_MS, to).length > 0) return true;
    return rules.outage === 'local' && log.during(from - KEPT_MS, to).length > 0;
  }

  /** Who saw a later push has to have seen those before, too. */
  private checkLost({ stays }: Member): void {
    const { rules, log } = this.world;
    for (const stay of stays) {
      const seen = new Set(stay.texts);
      const latest = Math.max(
        ...this.stored.filter(({ text }) => seen.has(text)).map(({ sentAt }) => sentAt),
      );
      for (const { text, sentAt, storedAt } of this.stored) {
        if (seen.has(text) || sentAt < stay.startedAt || storedAt > latest) continue;
        if (stay.isToldOfGap(this.world, sentAt)) continue;
        // Under `local` it may have reached the members of its own node only.
        if (rules.outage === 'local' && log.during(sentAt - 10_000, storedAt).length > 0) continue;
        const where = [...stay.nodes].join(', ');
        this.world.violation(
          `${stay.user} lost "${text}" of ${sentAt.toFixed(0)} ms on nodes ${where}, and nobody said so`,
          sentAt,
          storedAt,
        );
        return;
      }
    }
  }
}

/** What was seen in different orders, and from when to when. */
function inOtherOrder(one: Stay, other: Stay): [text: string, from: number, to: number][] {
  const places = new Map(other.texts.map((text, place) => [text, place]));
  const wrong: [string, number, number][] = [];
  let last = -1;
  for (const [i, text] of one.texts.entries()) {
    const place = places.get(text);
    if (place === undefined) continue;
    const times = [one.times[i], other.times[place], other.times[last]].filter((at) => at !== undefined);
    if (place < last) wrong.push([text, Math.min(...times), Math.max(...times)]);
    last = Math.max(last, place);
  }
  return wrong;
}
