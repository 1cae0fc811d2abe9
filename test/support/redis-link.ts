import { linesTo, type TlsFiles } from '../../src/redis/link/ioredis-lines.js';
import type { LinkEvent } from '../../src/redis/link/link-event.js';
import type { Partition } from '../../src/redis/link/redis-port.js';
import type { RedisLines } from '../../src/redis/link/redis-line.js';
import { RedisLink } from '../../src/redis/link/redis-link.js';
import { parseRedisUrl } from '../../src/options/redis-url.js';
import { type Clock, SystemClock } from '../../src/time/clock.js';
import { TimerWheel } from '../../src/time/timer-wheel.js';

/** What keys of tests begin with. */
export const PREFIX = 'wss:1:';

/** The system's clock, whose wall time can be set on its own, as waking from a suspension does. */
export class SettableClock extends SystemClock {
  /** Milliseconds. */
  ahead = 0;

  override now(): number {
    return super.now() + this.ahead;
  }
}

/** A started link with what it told, and how to wait for what it tells. */
export class TestLink {
  readonly events: LinkEvent[] = [];
  private readonly waiting = new Set<() => void>();

  private constructor(
    readonly link: RedisLink,
    readonly lines: RedisLines,
    readonly clock: Clock,
    readonly wheel: TimerWheel,
  ) {
    link.onEvent((event) => {
      this.events.push(event);
      for (const check of this.waiting) check();
    });
  }

  static async start(
    url: string,
    { timeoutMs = 250, tls = {}, clock }: TestLinkOptions = {},
  ): Promise<TestLink> {
    return TestLink.over(await linesTo(parseRedisUrl(url), tls, 1000), timeoutMs, clock);
  }

  static over(lines: RedisLines, timeoutMs = 250, clock: Clock = new SystemClock()): TestLink {
    const wheel = new TimerWheel(clock);
    const link = new RedisLink(lines, { prefix: PREFIX, timeoutMs }, clock, wheel);
    const test = new TestLink(link, lines, clock, wheel);
    link.start();
    return test;
  }

  get control(): Partition {
    return this.link.control;
  }

  /** Resolves when all partitions are up. */
  up(): Promise<void> {
    return this.until(() => this.link.partitions.every((partition) => this.link.isUp(partition)));
  }

  /** Resolves when one that was told of fits. */
  told(type: LinkEvent['type']): Promise<void> {
    return this.until(() => this.events.some((event) => event.type === type));
  }

  forgetEvents(): void {
    this.events.length = 0;
  }

  stop(): void {
    this.link.stop();
    this.wheel.onApplicationShutdown();
  }

  private until(condition: () => boolean): Promise<void> {
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
}

export interface TestLinkOptions {
  timeoutMs?: number;
  clock?: Clock;
  tls?: TlsFiles;
}

/** Resolves when no call of these links is under way. */
export async function idle(...links: readonly RedisLink[]): Promise<void> {
  while (links.some((link) => callsOf(link) > 0)) await new Promise((resolve) => setImmediate(resolve));
}

function callsOf(link: RedisLink): number {
  const { lanes } = link as unknown as { lanes: { all: readonly { inFlight: number }[] } };
  return lanes.all.reduce((sum, { inFlight }) => sum + inFlight, 0);
}
