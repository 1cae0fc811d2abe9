import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BlockingLine } from '../../src/redis/link/blocking-line.js';
import { SCRIPT_START } from '../../src/redis/link/script-start.js';
import { defineScript } from '../../src/redis/link/script.js';
import { Membership } from '../../src/redis/nodes/membership.js';
import { CertificateAuthority, type Issued } from '../support/certificate-authority.js';
import { PREFIX, TestLink, type TestLinkOptions } from '../support/redis-link.js';
import { describeWithRedis, RedisServer } from '../support/redis-server.js';

const ECHO = defineScript('echo', `${SCRIPT_START} return {now, ARGV[3]}`);

/** The rights that the documentation asks for. */
const RIGHTS =
  '~wss:* -@all +eval +evalsha +time +get +set +del +llen +lindex +ltrim +rpush +pexpire +pexpireat +hget +hmget ' +
  '+hset +hdel +hgetall +hincrby +hscan +zadd +zrem +zrange +zrangebyscore +xadd +xread +xrange +xrevrange +xtrim ' +
  '+ping +auth +hello +info';

const links: TestLink[] = [];

async function start(url: string, options?: TestLinkOptions): Promise<TestLink> {
  const test = await TestLink.start(url, options);
  links.push(test);
  return test;
}

async function reasonOf(url: string, options?: TestLinkOptions): Promise<unknown> {
  const test = await start(url, options);
  await test.told('cluster.down');
  return test.events[0];
}

async function echo(test: TestLink): Promise<unknown> {
  await test.up();
  return ((await test.link.run(ECHO, test.control, [`${PREFIX}{c}:test`], ['hello'])) as unknown[])[1];
}

afterEach(() => {
  for (const test of links.splice(0)) test.stop();
});

describeWithRedis('the link to a Redis with a password', () => {
  let redis: RedisServer;
  const address = (): string => `127.0.0.1:${redis.port}`;

  beforeAll(async () => {
    redis = await RedisServer.start({
      args: ['--requirepass', 'p@ss:w/rd'],
      password: 'p@ss:w/rd',
    });
    await redis.command('ACL', 'SETUSER', 'ws', 'on', '>secret', ...RIGHTS.split(' '));
  });

  afterAll(() => redis.stop());

  it('logs in, with and without the name of a user', async () => {
    expect(await echo(await start(`redis://:p%40ss%3Aw%2Frd@${address()}`))).toBe('hello');
    expect(await echo(await start(`redis://ws:secret@${address()}`))).toBe('hello');
  });

  it('takes a wrong password, and none, for an outage that is told once, and goes on trying', async () => {
    const down = { type: 'cluster.down', partition: '{c}', reason: 'auth' };
    expect(await reasonOf(`redis://:wrong@${address()}`)).toEqual(down);
    expect(await reasonOf(`redis://ws:wrong@${address()}`)).toEqual(down);
    expect(await reasonOf(`redis://${address()}`)).toEqual(down);
    await redis.command('ACL', 'SETUSER', 'ws', '>wrong');
    const [, test] = links as [TestLink, TestLink];
    expect(await echo(test)).toBe('hello');
    expect(test.events).toHaveLength(2);
  });

  it('needs no other rights than those documented, for beats and blocking reads as well', async () => {
    const test = await start(`redis://ws:secret@${address()}`);
    await test.up();
    const settings = { prefix: PREFIX, rules: 'rules', nodeTtlMs: 10_000, staleMs: 2000, deadlineMs: 1000 };
    const membership = new Membership(test.link, settings, test.clock, test.wheel);
    const faults: unknown[] = [];
    membership.onFault((error) => faults.push(error));
    await membership.start();
    expect(membership.liveNodes().map(({ id }) => id)).toEqual([test.link.node]);
    await new Promise<void>((resolve) => {
      const line = new BlockingLine(test.lines, test.clock, test.wheel, {
        positions: () => [[`${PREFIX}{c}:control`, '0']],
        onEntries: () => undefined,
        onHeard: () => {
          line.stop();
          resolve();
        },
        onLost: (reason) => faults.push(reason),
        onError: (error) => faults.push(error),
      });
      line.start();
    });
    await membership.stop();
    expect(faults).toEqual([]);
    expect(await redis.command('ACL', 'LOG')).toEqual(
      expect.not.arrayContaining([expect.arrayContaining(['reason', 'command'])]),
    );
  });

  it('uses the database of its URL, and no other one when it cannot', async () => {
    const withoutSelect = `redis://ws:secret@${address()}`;
    expect(await echo(await start(`redis://:p%40ss%3Aw%2Frd@${address()}/3`))).toBe('hello');
    expect(await reasonOf(`redis://:p%40ss%3Aw%2Frd@${address()}/99`)).toMatchObject({ reason: 'refused' });
    expect(await reasonOf(`${withoutSelect}/3`)).toMatchObject({ reason: 'auth' });
  });
});

describeWithRedis('the link over TLS', () => {
  let directory: string;
  const file = (name: string, text: string): string => {
    writeFileSync(join(directory, name), text);
    return join(directory, name);
  };
  let authority: CertificateAuthority;
  let redis: RedisServer;
  let ca: string;
  const url = (): string => `rediss://localhost:${redis.port}`;

  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), 'ws-redis-tls-'));
    authority = await CertificateAuthority.create();
    ca = file('ca.pem', authority.cert);
    const own: Issued = await authority.issue({ dns: ['localhost'] });
    redis = await RedisServer.start({ tls: { ca: authority.cert, own, clients: true } });
  });

  afterAll(async () => {
    await redis.stop();
    rmSync(directory, { recursive: true });
  });

  it('shows its certificate and checks that of the server', async () => {
    const { cert, key } = await authority.issue({ usage: 'client' });
    const tls = { ca, cert: file('cert.pem', cert), key: file('key.pem', key) };
    expect(await echo(await start(url(), { tls }))).toBe('hello');
  });

  it('takes an untrusted certificate, and another name, for an outage that is told', async () => {
    const { cert, key } = await authority.issue({ usage: 'client' });
    const own = { cert: file('cert2.pem', cert), key: file('key2.pem', key) };
    const down = { type: 'cluster.down', partition: '{c}', reason: 'tls' };
    expect(await reasonOf(url(), { tls: own })).toEqual(down);
    expect(await reasonOf(`rediss://127.0.0.1:${redis.port}`, { tls: { ca, ...own } })).toEqual(down);
    expect(await reasonOf(url(), { tls: { ca, cert: join(directory, 'none'), key: own.key } })).toEqual(down);
  });

  it('takes a refused client certificate for an outage, and one where no TLS is spoken', async () => {
    expect(await reasonOf(url(), { tls: { ca } })).toMatchObject({ type: 'cluster.down' });
    expect(await reasonOf(`redis://localhost:${redis.port}`)).toMatchObject({ type: 'cluster.down' });
  });
});
