import { Redis } from 'ioredis';
import { exactScript } from '../../src/redis/limits/exact.script.js';
import { grantScript } from '../../src/redis/limits/grant.script.js';
import { describeWithRedis, RedisServer } from '../support/redis-server.js';
import { CommandBatch } from './model/command-batch.js';
import { ExactScript } from './model/exact-script.js';
import { GrantScript } from './model/grant-script.js';
import { Random } from './model/random.js';

/** The scripts as they are, but for the clock: the last argument is the time in microseconds. */
const TOLD_TIME = 'tonumber(table.remove(ARGV))';
/** Ahead of the real time, so that the keys never expire by the clock of the server. */
const START_MS = Date.now() + 3_600_000;

/** What is stored of a window, and how long still. */
const READ = `local v = redis.call('GET', KEYS[1])
return {v and cjson.encode(cmsgpack.unpack(v)) or '[]', redis.call('PTTL', KEYS[1])}`;

describeWithRedis('The scripts of the limits, against their models', () => {
  let server: RedisServer;
  let client: Redis;

  beforeAll(async () => {
    server = await RedisServer.start();
    client = new Redis({ host: '127.0.0.1', port: server.port, disableClientInfo: true });
  });

  afterAll(async () => {
    client?.disconnect();
    await server?.stop();
  });

  it('R2 grant answers and stores the same as its model', async () => {
    const sha = (await client.script('LOAD', grantScript(TOLD_TIME))) as string;
    for (let seed = 1; seed <= 40; seed++) {
      const random = new Random(seed);
      const model = new GrantScript();
      const batch = new CommandBatch(client);
      const keys = Array.from({ length: random.whole(1, 4) }, (_, i) => `{c}:grant:${seed}:${i}`);
      // As short as real time can pass for while the run lasts.
      const ttls = keys.map(() => random.pick([60_000, 100_003, 3_600_000]));
      let now = START_MS;
      const lent: { node: string; call: number; key: number; amount: number }[] = [];
      for (let call = 1; call <= 60; call++) {
        now += random.pick([0, 1, 7, 300, 5000, 80_000]);
        if (random.chance(0.02)) now -= random.whole(1, 200_000);
        const node = random.pick(['a', 'b', 'c']);
        const args = [call];
        keys.forEach((_, key) => {
          const limit = random.pick([0, 40, 100, 1000]);
          const want = random.chance(0.1) ? 0 : random.whole(1, Math.max(1, limit / 5));
          args.push(limit, ttls[key] as number, want, random.whole(1, Math.max(1, want)));
          const ended = lent.filter(
            (grant) => grant.node === node && grant.key === key && random.chance(0.3),
          );
          args.push(ended.length);
          for (const grant of ended) {
            const parts = partsOf(random.whole(0, grant.amount), random);
            args.push(grant.call, parts.length);
            for (const part of parts) args.push(part, now - random.whole(-10, 20_000));
          }
        });
        const expected = model.run(now, node, keys, args);
        const given = [...keys, node, '', JSON.stringify(args), now * 1000 + 999];
        batch.ask(
          (pipeline) => pipeline.evalsha(sha, keys.length, ...given),
          (reply: number[]) => [seed, call, ...reply],
          [seed, call, now, ...expected],
        );
        keys.forEach((_, key) => {
          const amount = expected[2 * key] as number;
          if (amount > 0) lent.push({ node, call, key, amount });
        });
        askStored(batch, model, keys, now);
      }
      await batch.run();
    }
  });

  function askStored(batch: CommandBatch, model: GrantScript, keys: readonly string[], now: number): void {
    for (const key of keys) {
      const stored = model.windows.get(key);
      batch.ask(
        (pipeline) => pipeline.eval(READ, 1, key),
        ([json, left]: [json: string, left: number]) => [
          key,
          JSON.parse(json),
          !stored || stored.expiresAt - now - left < 5000,
        ],
        [key, stored?.grants.flat() ?? [], true],
      );
    }
  }

  it('R2 exact answers the same as its model', async () => {
    const sha = (await client.script('LOAD', exactScript(TOLD_TIME))) as string;
    for (let seed = 1; seed <= 60; seed++) {
      const random = new Random(seed);
      const model = new ExactScript();
      const batch = new CommandBatch(client);
      const keys = [`{c}:exact:${seed}`, `{c}:exact:${seed}:b`];
      const ttl = random.pick([60_000, 3_600_000]);
      const block = random.pick([0, 0, 200_000]);
      const most = random.pick([1, 5, 39, 3000]);
      let us = START_MS * 1000 + 123;
      for (let call = 1; call <= 80; call++) {
        us += random.pick([0, 1, 999, 5_000_000, Math.floor((ttl * 1000) / most), ttl * 250, ttl * 1000]);
        if (random.chance(0.02)) us -= random.whole(1, 2 * ttl * 1000);
        const limit = random.chance(0.8) ? most : random.whole(1, most);
        const cost = random.pick([1, 1, limit, random.whole(1, limit)]);
        const expected = model.run(us, limit, ttl, block, cost);
        const given = [...keys, 'node', '', limit, ttl, block, cost, us];
        batch.ask(
          (pipeline) => pipeline.evalsha(sha, 2, ...given),
          (reply: number[]) => [seed, call, ...reply],
          [seed, call, Math.floor(us / 1000), ...expected],
        );
      }
      await batch.run();
    }
  });

  it('scripts that come too late change nothing', async () => {
    const exact = exactScript(TOLD_TIME);
    for (const text of [grantScript(TOLD_TIME), exact]) {
      const keys = [`{c}:late:${text.length}`, `{c}:late:${text.length}:b`];
      const args =
        text === exact
          ? ['node', START_MS, 100, 60_000, 0, 1]
          : ['node', START_MS, JSON.stringify([1, 100, 60_000, 5, 1, 0, 100, 60_000, 5, 1, 0])];
      expect(await client.eval(text, 2, ...keys, ...args, (START_MS + 1) * 1000)).toEqual([START_MS + 1]);
      expect(await client.exists(...keys)).toBe(0);
      expect(await client.eval(text, 2, ...keys, ...args, START_MS * 1000)).not.toHaveLength(1);
    }
  });
});

/** An amount in up to three parts. */
function partsOf(amount: number, random: Random): number[] {
  const parts: number[] = [];
  for (let left = amount; left > 0;) {
    const part = parts.length === 2 ? left : random.whole(1, left);
    parts.push(part);
    left -= part;
  }
  return parts;
}
