import { inspect } from 'node:util';
import { Redis } from 'ioredis';
import { linesLike } from '../../src/redis/link/ioredis-lines.js';
import { RedisUnavailableError } from '../../src/redis/link/redis-port.js';
import { SCRIPT_START } from '../../src/redis/link/script-start.js';
import { defineScript } from '../../src/redis/link/script.js';
import { PREFIX, SettableClock, TestLink } from '../support/redis-link.js';
import { describeWithRedis, RedisServer } from '../support/redis-server.js';
import { TcpRelay } from '../support/tcp-relay.js';

const COUNT = defineScript(
  'count',
  `${SCRIPT_START} return {now, redis.call('HINCRBY', KEYS[1], 'n', ARGV[3])}`,
);
const ECHO = defineScript('echo', `${SCRIPT_START} return {now, ARGV[1], ARGV[2], ARGV[3], KEYS[1]}`);
const FILL = defineScript(
  'fill',
  `${SCRIPT_START} redis.call('SET', KEYS[1], string.rep('x', ARGV[3])); return {now}`,
);
const BROKEN = defineScript('broken', `${SCRIPT_START} return redis.call('HGET', KEYS[1])`);

/** As if the server's clock were ahead. */
const LEAP = defineScript('leap', `${SCRIPT_START} return {now + 10000}`);

const KEY = `${PREFIX}{c}:test`;

/** Keeps this process from doing anything else. */
function blockFor(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}

const failure = (call: Promise<unknown>): Promise<RedisUnavailableError> =>
  call.then(
    () => {
      throw new Error('the call should have failed');
    },
    (error: RedisUnavailableError) => error,
  );

describeWithRedis('the link to one Redis', () => {
  let redis: RedisServer;
  let test: TestLink;
  let clock: SettableClock;

  const run = (amount = 1): Promise<unknown> => test.link.run(COUNT, test.control, [KEY], [amount]);
  const counted = async (): Promise<number> => Number(await redis.command('HGET', KEY, 'n'));

  beforeEach(async () => {
    redis = await RedisServer.start();
    clock = new SettableClock();
    test = await TestLink.start(redis.url, { clock });
    await test.up();
  });

  afterEach(async () => {
    test.stop();
    redis.thaw();
    await redis.stop();
  });

  it('runs scripts with the node, a deadline by the time of the server, and bytes as they are', async () => {
    const bytes = Buffer.from([0, 255, 10, 13, 128]);
    const reply = (await test.link.run(ECHO, test.control, [KEY], [bytes], { binary: true })) as unknown[];
    const [now, node, notAfter, echo, key] = reply;
    expect([String(node), echo, String(key)]).toEqual([test.link.node, bytes, KEY]);
    expect(Number(notAfter) - Number(now)).toBeGreaterThan(0);
    expect(Number(notAfter) - Number(now)).toBeLessThanOrEqual(251 + 1000);
    expect(test.link.offset(test.control)).toBeGreaterThan(test.link.lowerOffset(test.control) as number);
    expect(await test.link.run(ECHO, test.control, [KEY], [1.5])).toContain('1.5');
  });

  it('sends the text of a script once, also after SCRIPT FLUSH', async () => {
    await run();
    await redis.command('SCRIPT', 'FLUSH');
    await Promise.all([run(), run()]);
    await run();
    expect(await counted()).toBe(4);
    const stats = String(await redis.command('INFO', 'commandstats'));
    expect(stats).toMatch(/cmdstat_evalsha:calls=/);
    expect(Number(/cmdstat_eval:calls=(\d+)/.exec(stats)?.[1])).toBeLessThanOrEqual(5);
  });

  it('passes on mistakes in scripts as they are, and goes on', async () => {
    const error = await failure(test.link.run(BROKEN, test.control, [KEY], []));
    expect(error).not.toBeInstanceOf(RedisUnavailableError);
    await run();
    expect(test.events.map(({ type }) => type)).toEqual(['cluster.up']);
  });

  it('R11 fails within the deadline while Redis is frozen, then at once, and heals', async () => {
    await run();
    redis.freeze();
    const errors: RedisUnavailableError[] = [];
    const waits: number[] = [];
    const call = async (): Promise<void> => {
      const start = performance.now();
      errors.push(await failure(run()));
      waits.push(performance.now() - start);
    };
    for (let round = 0; round < 4; round++) await Promise.all(Array.from({ length: 800 }, call));
    expect(errors).toHaveLength(3200);
    expect(errors.filter(({ outcome }) => outcome === 'unknown')).toHaveLength(512);
    expect(Math.max(...waits)).toBeLessThan(1000);
    expect(test.link.isUp(test.control)).toBe(false);
    await test.told('cluster.down');
    test.forgetEvents();
    redis.thaw();
    await test.told('cluster.up');
    await run();
  });

  it('R11 reads an answer after its deadline when this process was busy, but not when it stood still', async () => {
    await run();
    const busy = run();
    blockFor(600);
    expect(await busy).toEqual([expect.any(Number), 2]);
    const frozen = run();
    blockFor(1400);
    expect(await failure(frozen)).toMatchObject({ outcome: 'unknown', reason: 'timeout' });
    expect(await counted()).toBe(3);
    expect(test.link.isUp(test.control)).toBe(true);
  });

  it('keeps nothing of calls that were given up', async () => {
    await run();
    redis.freeze();
    await Promise.all(Array.from({ length: 20 }, () => failure(run(1000))));
    // Until the line has been dropped, too.
    await new Promise((resolve) => setTimeout(resolve, 1600));
    redis.thaw();
    await test.up();
    await run();
    expect(await counted()).toBe(2);
  });

  it('reconnects to a Redis that was killed and restarted, and reports the failover first', async () => {
    const heard: string[] = [];
    test.link.onFailover(() => heard.push('failover'));
    test.link.onUp(() => heard.push('up'));
    test.link.onDown(() => heard.push('down'));
    const pending = failure(
      test.link
        .run(COUNT, test.control, [KEY], [1])
        .then(() => run())
        .then(() => run()),
    );
    await redis.kill();
    await test.told('cluster.down');
    expect(await failure(run())).toMatchObject({ outcome: 'not-run', reason: 'refused' });
    await pending.catch(() => undefined);
    await redis.restart();
    await test.up();
    await run();
    expect(heard).toEqual(['down', 'failover', 'up']);
  });

  it('tells no failover when only the line was cut', async () => {
    await redis.command('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes');
    await test.told('cluster.down');
    await test.up();
    await run();
    expect(test.events.map(({ type }) => type)).toEqual(['cluster.up', 'cluster.down', 'cluster.up']);
  });

  it('takes an answer from after the deadline, by the time of the server, for one that did nothing', async () => {
    const error = await failure(test.link.run(LEAP, test.control, [KEY], []));
    expect(error).toMatchObject({ outcome: 'not-run', reason: 'clock' });
    await run();
    const steps = test.events.filter((event) => event.type === 'cluster.clock-step');
    expect(steps.map(({ step_ms }) => Math.round(step_ms / 2000))).toEqual([5, -5]);
  });

  it('does not use times from before a suspension', async () => {
    clock.ahead = 60_000;
    expect(await failure(run())).toMatchObject({ outcome: 'not-run', reason: 'clock' });
    await test.up();
    await run();
    expect(test.events.map(({ type }) => type)).toEqual(['cluster.up', 'cluster.down', 'cluster.up']);
  });

  it('takes full memory for an outage of that call only', async () => {
    await redis.command('CONFIG', 'SET', 'maxmemory', '1');
    const error = await failure(test.link.run(FILL, test.control, [KEY], [2_000_000]));
    expect(error).toMatchObject({ name: 'RedisUnavailableError', reason: 'full' });
    expect(test.link.isUp(test.control)).toBe(true);
    await redis.command('CONFIG', 'SET', 'maxmemory', '0');
    await run();
  });

  it('keeps what was sent out of errors', async () => {
    const send = (script: typeof FILL): Promise<RedisUnavailableError> =>
      failure(test.link.run(script, test.control, [KEY], [2_000_000, 'a secret']));
    const errors = [await send(BROKEN)];
    await redis.command('CONFIG', 'SET', 'maxmemory', '1');
    errors.push(await send(FILL));
    redis.freeze();
    const cut = send(FILL);
    await redis.kill();
    errors.push(await cut);
    expect(errors.map((error) => error.reason)).toEqual([undefined, 'full', 'refused']);
    for (const error of errors) expect(inspect(error, { depth: 9 })).not.toContain('a secret');
  });

  it('leaves a server that became a replica', async () => {
    await redis.command('REPLICAOF', '127.0.0.1', '1');
    const error = await failure(run());
    expect(['replica', 'refused']).toContain(error.reason);
    await test.told('cluster.down');
    expect(test.events.at(-1)).toMatchObject({ type: 'cluster.down', reason: 'replica' });
    await redis.command('REPLICAOF', 'NO', 'ONE');
    await test.up();
    await run();
  });

  it('makes its lines of the addresses of a client of the application, which it leaves alone', async () => {
    const client = new Redis(redis.port, '127.0.0.1', { keyPrefix: 'theirs:', lazyConnect: true, db: 3 });
    const other = TestLink.over(linesLike(client, 1000));
    await other.up();
    await other.link.run(COUNT, other.control, [KEY], [7]);
    expect(client.status).toBe('wait');
    other.stop();
    client.disconnect();
    expect(await redis.command('HGET', KEY, 'n')).toBeNull();
    const keys = `redis.call('SELECT', 3) return redis.call('KEYS', '*')`;
    expect(await redis.command('EVAL', keys, 0)).toEqual([KEY]);
  });
});

describeWithRedis('the link to a slow Redis', () => {
  let redis: RedisServer;
  let relay: TcpRelay;
  let test: TestLink;

  beforeEach(async () => {
    redis = await RedisServer.start();
    relay = await TcpRelay.start(redis.port);
    test = await TestLink.start(`redis://127.0.0.1:${relay.port}`);
    await test.up();
  });

  afterEach(async () => {
    test.stop();
    await relay.stop();
    await redis.stop();
  });

  it('R11 gives up most calls at once, also when those that may take long are answered in between', async () => {
    const run = (deadlineMs?: number): Promise<unknown> =>
      test.link.run(COUNT, test.control, [KEY], [1], deadlineMs === undefined ? {} : { deadlineMs });
    await run();
    relay.delayMs = 250;
    for (let i = 0; i < 3; i++) {
      expect(test.link.isUp(test.control)).toBe(true);
      const [error] = await Promise.all([failure(run()), run(5000)]);
      expect(error).toMatchObject({ reason: 'timeout' });
    }
    expect(test.link.isUp(test.control)).toBe(false);
  });

  it('gives up most calls at once, and still makes those that may take long', async () => {
    const run = (deadlineMs?: number): Promise<unknown> =>
      test.link.run(COUNT, test.control, [KEY], [1], deadlineMs === undefined ? {} : { deadlineMs });

    await run();
    relay.delayMs = 250;
    const long = run(5000);
    const errors = await Promise.all([failure(run()), failure(run()), failure(run())]);
    expect(errors.map(({ reason }) => reason)).toEqual(['timeout', 'timeout', 'timeout']);
    expect(test.link.isUp(test.control)).toBe(false);
    expect(await failure(run())).toMatchObject({ outcome: 'not-run' });
    await long;
    for (let i = 0; i < 2; i++) await run(5000);
    // It still answers too late for others, on the same line.
    expect(test.link.isUp(test.control)).toBe(false);
    expect(relay.accepted).toBe(1);

    relay.delayMs = 0;
    await test.up();
    await run();
    expect(test.events.map(({ type }) => type)).toEqual(['cluster.up', 'cluster.down', 'cluster.up']);
  });
});
