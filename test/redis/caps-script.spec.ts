import { Redis } from 'ioredis';
import { placeScript } from '../../src/redis/caps/place.script.js';
import { describeWithRedis, RedisServer } from '../support/redis-server.js';
import { CommandBatch } from './model/command-batch.js';
import { PlaceScript } from './model/place-script.js';
import { Random } from './model/random.js';

/** The script as it is, but for the clock: the last argument is the time in microseconds. */
const text = placeScript('tonumber(table.remove(ARGV))');
/** Ahead of the real time, so that the keys never expire by the clock of the server. */
const START_MS = Date.now() + 3_600_000;
const NODE_TTL_MS = 10_000;

describeWithRedis('The script of the places, against its model', () => {
  let server: RedisServer;
  let client: Redis;
  let sha: string;

  beforeAll(async () => {
    server = await RedisServer.start();
    client = new Redis({ host: '127.0.0.1', port: server.port, disableClientInfo: true });
    sha = (await client.script('LOAD', text)) as string;
  });

  afterAll(async () => {
    client?.disconnect();
    await server?.stop();
  });

  it('R4 place answers and stores the same as its model', async () => {
    for (let seed = 1; seed <= 40; seed++) {
      const random = new Random(seed);
      const model = new PlaceScript();
      const batch = new CommandBatch(client);
      const nodesKey = `{c}:nodes:${seed}`;
      const keys = Array.from({ length: random.whole(1, 4) }, (_, i) => `{c}:places:${seed}:${i}`);
      let now = START_MS;
      for (let call = 1; call <= 80; call++) {
        // Keys outlive what the model lets pass, as real time hardly moves.
        now += random.pick([0, 1, 300, 3000, 30_000]);
        const node = random.pick(['a', 'b', 'c']);
        if (random.chance(0.6)) {
          model.nodes.set(node, now);
          const beat = `${now}:rules`;
          batch.tell((pipeline) => pipeline.hset(nodesKey, node, beat));
        }
        for (const [key, { expiresAt }] of model.scopes)
          if (expiresAt <= now) batch.tell((pipeline) => pipeline.del(key));
        const args: (number | string)[] = [NODE_TTL_MS];
        for (const _ of keys) {
          const serial = random.chance(0.1) ? '' : call - random.pick([0, 0, 0, 5]);
          args.push(serial, random.whole(0, 5), random.chance(0.6) ? random.whole(1, 8) : '');
        }
        const expected = model.run(now, node, keys, args);
        const given = [nodesKey, ...keys, node, '', ...args, now * 1000];
        batch.ask(
          (pipeline) => pipeline.evalsha(sha, keys.length + 1, ...given),
          (reply: number[]) => [seed, call, ...reply],
          [seed, call, now, ...expected],
        );
        for (const key of keys) askStored(batch, key, model, now);
      }
      await batch.run();
    }
  });

  function askStored(batch: CommandBatch, key: string, model: PlaceScript, now: number): void {
    const stored = model.scopes.get(key);
    if (!stored || stored.expiresAt <= now) return;
    const fields = [...stored.fields].map(([node, { serial, count, written }]) => [
      node,
      `${serial}:${count}:${written}`,
    ]);
    batch.ask(
      (pipeline) => pipeline.hgetall(key),
      (reply: Record<string, string>) => [key, { ...reply }],
      [key, Object.fromEntries(fields)],
    );
    batch.ask(
      (pipeline) => pipeline.pttl(key),
      (left: number) => [key, left > 0 && left <= 90_000 ? 'ends in time' : left],
      [key, 'ends in time'],
    );
  }

  it('R4 place keeps a scope without places for a moment only', async () => {
    await client.hset('{c}:nodes', 'a', `${START_MS}:rules`);
    await client.eval(text, 2, '{c}:nodes', '{c}:p', 'a', '', NODE_TTL_MS, 1, 1, 5, START_MS * 1000);
    expect(await client.pttl('{c}:p')).toBeGreaterThan(80_000);
    await client.eval(text, 2, '{c}:nodes', '{c}:p', 'a', '', NODE_TTL_MS, 2, 0, '', START_MS * 1000);
    expect(await client.pttl('{c}:p')).toBeLessThanOrEqual(5000);
  });

  it('R4 a place that comes too late changes nothing', async () => {
    const args = ['a', START_MS, NODE_TTL_MS, 1, 1, '', (START_MS + 1) * 1000];
    expect(await client.eval(text, 2, '{c}:nodes', '{c}:late', ...args)).toEqual([START_MS + 1]);
    expect(await client.exists('{c}:late')).toBe(0);
  });
});
