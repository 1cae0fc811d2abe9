import { Redis } from 'ioredis';
import { BlockingLine, type StreamEntry, type StreamReader } from '../../src/redis/link/blocking-line.js';
import { linesTo } from '../../src/redis/link/ioredis-lines.js';
import { parseRedisUrl } from '../../src/options/redis-url.js';
import { SystemClock } from '../../src/time/clock.js';
import { TimerWheel } from '../../src/time/timer-wheel.js';
import { describeWithRedis, RedisServer } from '../support/redis-server.js';
import { TcpRelay } from '../support/tcp-relay.js';

const KEYS = ['{c}:control', '{c}:bus'];

/** Reads two streams and remembers what it was told. */
class Reader implements StreamReader {
  readonly read: string[] = [];
  readonly lost: string[] = [];
  readonly errors: unknown[] = [];
  readonly heard: number[] = [];
  private readonly after = new Map(KEYS.map((key) => [key, '0']));
  private check: () => void = () => undefined;

  positions(): [string, string][] {
    return [...this.after];
  }

  onEntries(key: string, entries: readonly StreamEntry[]): void | Promise<void> {
    for (const [id, fields] of entries) {
      this.read.push(`${key} ${fields.join('=')}`);
      this.after.set(key, id);
    }
  }

  onHeard(sentAt: number): void {
    this.heard.push(sentAt);
    this.check();
  }

  onLost(reason: string): void {
    this.lost.push(reason);
    this.check();
  }

  onError(error: unknown): void {
    this.errors.push(error);
  }

  until(condition: () => boolean): Promise<void> {
    return new Promise((resolve) => {
      this.check = () => condition() && resolve();
      this.check();
    });
  }
}

describeWithRedis('the line for blocking reads', () => {
  let redis: RedisServer;
  let relay: TcpRelay;
  let wheel: TimerWheel;
  let line: BlockingLine;
  let reader: Reader;

  const write = (key: string, value: string | Buffer): Promise<unknown> =>
    redis.command('XADD', key, '*', 'v', value);

  beforeEach(async () => {
    redis = await RedisServer.start();
    relay = await TcpRelay.start(redis.port);
    const clock = new SystemClock();
    wheel = new TimerWheel(clock);
    reader = new Reader();
    const lines = await linesTo(parseRedisUrl(`redis://127.0.0.1:${relay.port}`), {}, 1000);
    line = new BlockingLine(lines, clock, wheel, reader);
    line.start();
  });

  afterEach(async () => {
    line.stop();
    wheel.onApplicationShutdown();
    await relay.stop();
    await redis.stop();
  });

  it('reads both streams in their order, and hears also when there is nothing', async () => {
    await reader.until(() => reader.heard.length >= 2);
    for (let i = 0; i < 100; i++) await write(KEYS[i % 2] as string, String(i));
    await reader.until(() => reader.read.length === 100);
    for (const [remainder, key] of KEYS.entries()) {
      const own = reader.read.filter((text) => text.startsWith(key));
      expect(own).toEqual(Array.from({ length: 50 }, (_, i) => `${key} v=${2 * i + remainder}`));
    }
    expect(reader.heard).toEqual(reader.heard.toSorted((a, b) => a - b));
    expect([relay.accepted, reader.lost, reader.errors]).toEqual([1, [], []]);
  });

  it('S2 each line hears at once what there is, and waits for more after that', async () => {
    await reader.until(() => reader.heard.length > 0);
    const client = new Redis(redis.port, { disconnectTimeout: 0 });
    const monitor = await client.monitor();
    const reads: string[][] = [];
    monitor.on('monitor', (_, args: string[]) => args[0] === 'xread' && reads.push(args));
    relay.cut();
    await reader.until(() => reader.lost.length > 0);
    reader.heard.length = 0;
    await reader.until(() => reader.heard.length >= 2);
    for (const each of [monitor, client]) each.disconnect();
    expect(reads.filter((args) => !args.includes('BLOCK'))).toHaveLength(1);
    expect(reads.at(-1)).toContain('BLOCK');
  });

  it('S2 leaves a line that silently loses what it carries, and misses nothing', async () => {
    await write(KEYS[0] as string, 'before');
    await reader.until(() => reader.read.length === 1);
    relay.isSwallowing = true;
    const start = performance.now();
    await write(KEYS[0] as string, 'meanwhile');
    await reader.until(() => reader.lost.length > 0);
    expect(performance.now() - start).toBeLessThan(2500);
    relay.isSwallowing = false;
    await reader.until(() => reader.read.length === 2);
    expect(reader.read).toEqual([`${KEYS[0]} v=before`, `${KEYS[0]} v=meanwhile`]);
    expect(reader.lost[0]).toBe('timeout');
  });

  it('goes on after Redis was killed and restarted', async () => {
    await reader.until(() => reader.heard.length > 0);
    await redis.kill();
    await reader.until(() => reader.lost.length > 0);
    await redis.restart();
    await write(KEYS[1] as string, 'after');
    await reader.until(() => reader.read.length === 1);
    expect(reader.errors).toEqual([]);
  });

  it('S2 does not read from a server that is no master', async () => {
    await reader.until(() => reader.heard.length > 0);
    await redis.command('REPLICAOF', '127.0.0.1', relay.port);
    // The first line is ended by Redis, and the next ones lead to what is a replica now.
    await reader.until(() => reader.lost.length > 2);
    const { length } = reader.heard;
    await reader.until(() => reader.lost.length > 4);
    expect([reader.heard.length, reader.lost.at(-1)]).toEqual([length, 'replica']);
    await redis.command('REPLICAOF', 'NO', 'ONE');
    await write(KEYS[0] as string, 'after');
    await reader.until(() => reader.read.length === 1);
  });

  it('does not read ahead of a reader that takes its time', async () => {
    let release: () => void = () => undefined;
    const original = reader.onEntries.bind(reader);
    reader.onEntries = async (key, entries) => {
      await new Promise<void>((resolve) => (release = resolve));
      await original(key, entries);
    };
    for (let i = 0; i < 40; i++) await write(KEYS[0] as string, String(i));
    const { length } = reader.heard;
    await new Promise((resolve) => setTimeout(resolve, 600));
    expect(reader.heard.length - length).toBeLessThanOrEqual(1);
    const turn = setInterval(() => release(), 10);
    await reader.until(() => reader.read.length === 40);
    clearInterval(turn);
    expect(reader.lost).toEqual([]);
  });
});
