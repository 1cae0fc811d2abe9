import { grantArguments, type GrantCall, type GrantCalls } from '../../../src/redis/limits/grant-calls.js';
import { GrantedWindow } from '../../../src/redis/limits/granted-window.js';
import { LeasedLimiter } from '../../../src/redis/limits/leased-limiter.js';
import type { Partition } from '../../../src/redis/link/redis-port.js';
import { SlidingWindow } from '../../../src/throttling/sliding-window.js';
import { GrantScript } from './grant-script.js';
import type { Random } from './random.js';
import { VirtualLink, type VirtualServer, type Weather } from './virtual-link.js';
import { VirtualProcess } from './virtual-process.js';
import { VirtualTime } from './virtual-time.js';

const PARTITION: Partition = { tag: '{t}' };

/** Redis with its windows, and a clock that can be set. */
export class LimitServer implements VirtualServer {
  readonly process: VirtualProcess;
  readonly script = new GrantScript();
  /** What its clock is ahead. */
  shift = 1_700_000_000_000;

  constructor(private readonly time: VirtualTime) {
    this.process = new VirtualProcess(time);
  }

  get now(): number {
    return Math.floor(this.time.now + this.shift);
  }
}

/** A node with the limiter as it is in production. */
export class LimitNode {
  readonly process: VirtualProcess;
  readonly link: VirtualLink;
  /** Hits that had to wait for a call. */
  waited = 0;
  /** Windows that were asked for, over all calls. */
  renewed = 0;
  private readonly limiter: LeasedLimiter;
  private readonly windows = new Map<string, GrantedWindow>();

  constructor(time: VirtualTime, server: LimitServer, random: Random, weather: Weather, name: string) {
    this.process = new VirtualProcess(time, random.between(0, 1_000_000));
    this.link = new VirtualLink(this.process, server, random, weather);
    const { link } = this;
    link.offset = server.now + 1 - this.process.monotonic();
    const calls: GrantCalls = {
      send: (call: GrantCall, onAnswer, onFailed) => {
        this.renewed += call.windows.length;
        const args = grantArguments(call, link.offset as number);
        const keys = call.windows.map(({ key }) => key);
        link.call((now) => server.script.run(now, name, keys, args), onAnswer, onFailed);
      },
    };
    this.limiter = new LeasedLimiter(this.process, calls);
  }

  /** @param onAccepted is called when the hit is accepted, now or later */
  hit(key: string, ttl: number, limit: number, cost: number, onAccepted: () => void): void {
    let window = this.windows.get(key);
    if (!window)
      this.windows.set(key, (window = new GrantedWindow(key, PARTITION, ttl, this.process.monotonic())));
    const wait = this.limiter.hit(this.process.monotonic(), window, limit, cost);
    if (wait === 0) onAccepted();
    if (wait !== undefined) return;
    this.waited += 1;
    this.limiter.wait(window, {
      cost,
      limit,
      settle: (ms) => void (ms === 0 && onAccepted()),
      giveUp: () => undefined,
    });
  }
}

/** What was accepted in one window over all nodes, by true time, and what one exact window would have accepted. */
export class Account {
  accepted = 0;
  /** What one exact window accepts of the same hits. */
  possible = 0;
  /** The most that was in any window. */
  most = 0;
  private readonly recent: { at: number; cost: number }[] = [];
  private first = 0;
  private inWindow = 0;
  private readonly exact = new SlidingWindow();

  constructor(
    private readonly time: VirtualTime,
    private readonly ttl: number,
    private readonly limit: number,
  ) {}

  ask(cost: number): void {
    if (this.exact.hit(this.time.now, this.limit, this.ttl, cost) === 0) this.possible += cost;
  }

  accept(cost: number): void {
    const { now } = this.time;
    this.accepted += cost;
    this.recent.push({ at: now, cost });
    this.inWindow += cost;
    for (
      let oldest = this.recent[this.first];
      oldest && oldest.at <= now - this.ttl;
      oldest = this.recent[this.first]
    ) {
      this.inWindow -= oldest.cost;
      this.first += 1;
    }
    this.most = Math.max(this.most, this.inWindow);
  }
}
