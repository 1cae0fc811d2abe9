import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Logger } from '@nestjs/common';
import { SecurityEvents, type WsSecurityOptions } from 'nestjs-ws-security';
import { CertificateAuthority } from '../support/certificate-authority.js';
import { eventually } from '../support/eventually.js';
import { expectTidyKeys, jointCases } from '../support/joint-cases.js';
import { JointService } from '../support/joint-service.js';
import { describeWithRedis, RedisServer } from '../support/redis-server.js';

/** The rights that the documentation advises. */
const [, RIGHTS = ''] =
  /^ACL SETUSER ws on >password (.*)$/m.exec(readFileSync('docs/cluster.md', 'utf8')) ?? [];

/** A node also starts without Redis. */
const STARTED = ['node.started', undefined];

describeWithRedis('two applications over TLS with client certificates, as a user with few rights', () => {
  let directory: string;
  let redis: RedisServer;
  let files: Pick<WsSecurityOptions, 'redisTlsCaFile' | 'redisTlsCertFile' | 'redisTlsKeyFile'>;
  let service: JointService;
  const warnings: string[] = [];
  const told: unknown[] = [];

  const file = (name: string, text: string): string => {
    writeFileSync(join(directory, name), text);
    return join(directory, name);
  };
  const urlOf = (password: string): string => `rediss://ws:${password}@localhost:${redis.port}`;

  /** Starts one, and keeps what it logs and tells until it has started. */
  const startApart = (url: string, options: WsSecurityOptions): ReturnType<typeof JointService.node> => {
    warnings.length = told.length = 0;
    const nothing = (): void => undefined;
    return JointService.node(url, options, (app) => {
      Logger.overrideLogger({ log: nothing, error: nothing, warn: (text: string) => warnings.push(text) });
      app
        .get(SecurityEvents)
        .events.subscribe((event) => told.push([event.type, 'reason' in event ? event.reason : undefined]));
    });
  };

  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), 'ws-secured-'));
    const authority = await CertificateAuthority.create();
    const own = await authority.issue({ dns: ['localhost'] });
    const client = await authority.issue({ usage: 'client' });
    redis = await RedisServer.start({ tls: { ca: authority.cert, own, clients: true } });
    await redis.command('ACL', 'SETUSER', 'ws', 'reset', 'on', '>password', ...RIGHTS.split(' '));
    files = {
      redisTlsCaFile: file('ca.pem', authority.cert),
      redisTlsCertFile: file('cert.pem', client.cert),
      redisTlsKeyFile: file('key.pem', client.key),
    };
    service = await JointService.start(urlOf('password'), files);
  });

  afterAll(async () => {
    Logger.overrideLogger(false);
    await service.close();
    await redis.stop();
    rmSync(directory, { recursive: true });
  });

  jointCases(() => service);

  it('T7 need no other rights, and leave no key without an end', async () => {
    expect(service.hasTold('cluster.down')).toBe(false);
    const denied = (await redis.command('ACL', 'LOG')) as unknown[];
    expect(denied).toEqual([]);
    await expectTidyKeys([redis]);
  });

  it('T7 start with a wrong password, say so without it, and go on as soon as it is right', async () => {
    const node = await startApart(urlOf('canary'), files);
    expect(warnings).toEqual([
      expect.stringMatching(/^Redis cannot be used: the user or password .*\(WRONGPASS\)/),
    ]);
    expect(warnings.join()).not.toMatch(/canary|localhost|ws:/);
    expect(told).toEqual([['cluster.down', 'auth'], STARTED]);
    expect(await node.refusal('alice')).toBe(503);
    await redis.command('ACL', 'SETUSER', 'ws', '>canary');
    await eventually(() => node.connect('alice'));
    await redis.command('ACL', 'SETUSER', 'ws', '<canary');
    await node.close();
  });

  it('T7 start with a certificate that they do not trust, and say so', async () => {
    const stranger = await CertificateAuthority.create('Stranger');
    const node = await startApart(urlOf('password'), {
      ...files,
      redisTlsCaFile: file('stranger.pem', stranger.cert),
    });
    expect(warnings).toEqual([
      expect.stringMatching(/^Redis cannot be used: the connection cannot be secured; .*\([A-Z_]+\)/),
    ]);
    expect(warnings.join()).not.toMatch(/password|localhost|stranger\.pem/);
    expect(told).toEqual([['cluster.down', 'tls'], STARTED]);
    expect(await node.refusal('alice')).toBe(503);
    await node.close();
  });

  it('T7 say nothing of that when all is well', async () => {
    const node = await startApart(urlOf('password'), files);
    expect(warnings).toEqual([]);
    await node.close();
  });
});
