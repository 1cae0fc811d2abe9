import { acceptedOf, type JointService, MANY_TTL_MS } from './joint-service.js';
import type { TestClient } from './test-client.js';

const ROOM = 'traffic';
const PUSH_MS = 25;
const ASK_MS = 20;
/** Of one client; both together send five times as many as they may. */
const FLOOD = 3;
/** The least time that a busy machine may take to handle a message that Redis has accepted. */
const LEAST_SLACK_MS = 100;

interface Push {
  readonly text: string;
  outcome: 'waiting' | 'stored' | 'refused';
}

/** What two applications are busy with while something happens to their Redis. */
export class JointTraffic {
  /** When other messages were sent, and how long each one waited for its answer, in milliseconds. */
  private readonly waits: [sentAt: number, ms: number][] = [];
  readonly answers = new Set<string>();
  readonly pushes: Push[] = [];
  readonly received: string[][] = [[], []];
  private readonly work: Promise<unknown>[] = [];
  private isOver = false;

  private constructor(
    readonly service: JointService,
    private readonly user: string,
  ) {}

  /** @param user whose limit is flooded */
  static async start(service: JointService, user: string): Promise<JointTraffic> {
    const traffic = new JointTraffic(service, user);
    const members = await service.both(`${user}-member`);
    for (const member of members) await member.request('join', { room: ROOM });
    const floods = await service.both(user);
    const askers = await service.both(`${user}-asker`);
    for (const [i, member] of members.entries())
      member.socket.on('message', (data: Buffer) => traffic.receive(i, data));
    traffic.work.push(
      traffic.push(),
      ...floods.map((client) => traffic.flood(client)),
      ...askers.map((client) => traffic.ask(client)),
    );
    return traffic;
  }

  /** Ends it, and waits until all that was stored could be read. */
  async stop(): Promise<void> {
    this.isOver = true;
    await Promise.all(this.work);
    const { one, other } = this.service;
    for (const [i, node] of [one, other].entries()) {
      await this.service.registry(node).sendToRoom(ROOM, 'end', i);
      while (!this.received.every((texts) => texts.includes(`end ${i}`)))
        await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }

  /** Ends it without waiting for anything. */
  abandon(): void {
    this.isOver = true;
  }

  /** The longest that a message waited for its answer, in milliseconds. @param since of those that were sent then or later */
  longestMs(since = 0): number {
    return Math.max(0, ...this.waits.filter(([sentAt]) => sentAt >= since).map(([, ms]) => ms));
  }

  /**
   * The most that was accepted in any window of the limit. What is seen is when messages are handled, so windows are
   * shorter by how long one may have waited for that, but not by more than half.
   *
   * @param since only windows that begin then or later
   */
  mostInWindow(since = 0): number {
    const slackMs = Math.max(LEAST_SLACK_MS, this.longestMs(since));
    const windowMs = Math.max(MANY_TTL_MS / 2, MANY_TTL_MS - slackMs);
    const times = acceptedOf(this.user).filter((time) => time >= since);
    let most = 0;
    for (let start = 0, end = 0; end < times.length; end++) {
      while ((times[end] as number) - (times[start] as number) >= windowMs) start++;
      most = Math.max(most, end - start + 1);
    }
    return most;
  }

  private receive(member: number, data: Buffer): void {
    const {
      event,
      data: value,
      id,
    } = JSON.parse(data.toString()) as { event: string; data: unknown; id?: number };
    if (id === undefined) this.received[member]?.push(`${event} ${String(value)}`);
  }

  /** Pushes from both nodes, without waiting for the ones before. */
  private async push(): Promise<void> {
    const under: Promise<void>[] = [];
    for (let n = 0; !this.isOver; n++) {
      for (const [i, node] of this.service.nodes.entries()) {
        const push: Push = { text: `push-${i} ${n}`, outcome: 'waiting' };
        this.pushes.push(push);
        under.push(
          this.service
            .registry(node)
            .sendToRoom(ROOM, `push-${i}`, n)
            .then(
              () => void (push.outcome = 'stored'),
              () => void (push.outcome = 'refused'),
            ),
        );
      }
      await new Promise((resolve) => setTimeout(resolve, PUSH_MS));
    }
    await Promise.all(under);
  }

  private async flood(client: TestClient): Promise<void> {
    while (!this.isOver) {
      const requests = Array.from({ length: FLOOD }, (_, id) => client.send({ event: 'many', id }));
      for (const _ of requests) await client.next();
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  private async ask(client: TestClient): Promise<void> {
    while (!this.isOver) {
      const sentAt = performance.now();
      const { event, data } = await client.request('echo');
      this.answers.add(event === 'echo' ? event : String(data?.['code']));
      this.waits.push([sentAt, performance.now() - sentAt]);
      await new Promise((resolve) => setTimeout(resolve, ASK_MS));
    }
  }
}

/** Each member got each push once, all in one order, and every push that was stored unless a gap was told. */
export function expectRoomsInOrder({ received, pushes, service }: JointTraffic): void {
  const [first, second] = received as [string[], string[]];
  for (const texts of [first, second]) expect(new Set(texts).size).toBe(texts.length);
  const common = (texts: string[], others: string[]): string[] => {
    const known = new Set(others);
    return texts.filter((text) => known.has(text));
  };
  expect(common(second, first)).toEqual(common(first, second));
  for (const sender of ['0', '1'])
    for (const texts of [first, second]) {
      const numbers = texts
        .filter((text) => text.startsWith(`push-${sender} `))
        .map((text) => Number(text.slice(7)));
      expect(numbers).toEqual(numbers.toSorted((a, b) => a - b));
    }
  const lost = pushes.filter(
    ({ outcome, text }) => outcome === 'stored' && !(first.includes(text) && second.includes(text)),
  );
  expect(pushes.filter(({ outcome }) => outcome === 'waiting')).toEqual([]);
  if (!service.hasTold('cluster.gap') && !service.hasTold('cluster.push-local')) expect(lost).toEqual([]);
}
