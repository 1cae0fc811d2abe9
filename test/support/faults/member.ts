import type { Random } from '../../redis/model/random.js';
import type { Frame } from '../test-client.js';
import { type FaultWorld, pause } from './fault-world.js';
import { Peer } from './peer.js';

/** How long after a push was sent its loss may be told. */
const TOLD_MS = 15_000;
/** How long before a push a fault may have begun on account of which it reached members of one node at once. */
const ALONE_MS = 10_000;

/** A session: one connection, or several of which each recovered the one before. */
export class Stay {
  /** Everything that was pushed to it, in its order. */
  readonly texts: string[] = [];
  /** When each of them came. */
  readonly times: number[] = [];
  readonly nodes = new Set<number>();
  readonly startedAt = performance.now();
  endedAt = Infinity;

  constructor(readonly user: string) {}

  heard(text: string): void {
    this.texts.push(text);
    this.times.push(performance.now());
  }

  /** Whether one of its nodes has said that pushes of that time may be lost. */
  isToldOfGap({ nodes }: FaultWorld, sentAt: number): boolean {
    const told = nodes.filter(({ index }) => this.nodes.has(index)).flatMap((node) => node.told);
    return told.some(
      ({ type, stream, at }) =>
        type === 'cluster.gap' && stream !== 'control' && at >= sentAt - 1000 && at <= sentAt + TOLD_MS,
    );
  }
}

/** Somebody in a room, who connects again whenever the line ends, to any node. */
export class Member {
  readonly stays: Stay[] = [];
  recovered = 0;
  private isEnded = false;
  private stay: Stay | undefined;
  private session: { token: string; lastSeq: number } | undefined;
  private peer: Peer | undefined;

  constructor(
    private readonly world: FaultWorld,
    readonly user: string,
    private readonly room: string,
    private readonly part: number,
  ) {}

  async run(): Promise<void> {
    const random = this.world.random(600 + this.part);
    while (!this.isEnded) {
      await this.visit(random);
      await pause(random.between(20, 300));
    }
  }

  /** Each push at most once, and those of a sender in their order. */
  check(): void {
    for (const { texts, times } of this.stays) {
      const seen = new Map<string, number>();
      const last = new Map<string, [n: number, at: number]>();
      for (const [i, text] of texts.entries()) {
        const [sender = '', n = ''] = text.split(':');
        const at = times[i] as number;
        const [before, beforeAt] = last.get(sender) ?? [-1, 0];
        const first = seen.get(text);
        if (first !== undefined)
          this.world.violation(
            `${this.user} saw "${text}" at ${first.toFixed(0)} ms and again at ${at.toFixed(0)} ms`,
            first,
            at,
          );
        else if (Number(n) <= before && !this.isAlone(beforeAt, at))
          this.world.violation(
            `${this.user} saw "${text}" at ${at.toFixed(0)} ms, after ${before} at ${beforeAt.toFixed(0)} ms`,
            beforeAt,
            at,
          );
        seen.set(text, at);
        last.set(sender, [Number(n), at]);
      }
    }
  }

  /** Under `local` what was stored last before an outage is read after it, and what follows reached members at once. */
  private isAlone(from: number, to: number): boolean {
    const { log, rules } = this.world;
    return rules.outage === 'local' && log.during(from - ALONE_MS, to).length > 0;
  }

  end(): void {
    this.isEnded = true;
    this.peer?.cut();
  }

  /** What it has seen in the session that it has now. */
  get current(): readonly string[] {
    return this.stay?.texts ?? [];
  }

  private async visit(random: Random): Promise<void> {
    const node = random.pick(this.world.nodes).index;
    const token = await this.world.token(this.user);
    const { session } = this;
    const protocols = ['ws-security.v1', ...(session ? [`resume.${session.token}.${session.lastSeq}`] : [])];
    let told: (frame: Frame) => void = () => undefined;
    const begun = new Promise<Frame>((resolve) => (told = resolve));
    const onFrame = (frame: Frame): void => {
      if (frame.data?.['resume']) {
        this.begin(frame, node);
        told(frame);
      } else this.heard(frame);
    };
    const peer = await this.world.connect(node, { token, protocols, onFrame });
    if (!(peer instanceof Peer)) return;
    this.peer = peer;
    const frame = await Promise.race([begun, peer.closed.then(() => undefined)]);
    if (frame && !this.stay) await this.join(peer, node);
    const untilMs = random.chance(0.5) ? random.between(1000, 15_000) : Infinity;
    const leavesAt = performance.now() + untilMs;
    while (peer.isOpen && !this.isEnded && (this.world.isOver || performance.now() < leavesAt))
      await pause(50);
    peer.cut();
  }

  private begin({ data }: Frame, node: number): void {
    const { token, seq, recovered } = (data as { resume: { token: string; seq: number; recovered: boolean } })
      .resume;
    if (recovered) this.recovered++;
    else this.leave();
    this.stay?.nodes.add(node);
    this.session = { token, lastSeq: recovered ? (this.session?.lastSeq ?? seq) : seq };
  }

  private leave(): void {
    if (this.stay) this.stay.endedAt = performance.now();
    this.stay = undefined;
  }

  private async join(peer: Peer, node: number): Promise<void> {
    for (;;) {
      const frame = await peer.request('chat.join', { room: this.room });
      if (!frame) return;
      if (frame.event === 'exception') {
        await pause(100);
        continue;
      }
      this.stay = new Stay(this.user);
      this.stay.nodes.add(node);
      this.stays.push(this.stay);
      return;
    }
  }

  private heard({ event, data, seq }: Frame): void {
    if (event !== 'chat.message' || seq === undefined || !this.session) return;
    if (seq !== this.session.lastSeq + 1)
      this.world.violation(`${this.user} got push ${seq} after ${this.session.lastSeq}`);
    this.session.lastSeq = seq;
    this.stay?.heard(String(data?.['text']));
  }
}
