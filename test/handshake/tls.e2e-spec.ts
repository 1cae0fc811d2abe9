import { once } from 'node:events';
import { mkdtemp, rename, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, type TLSSocket } from 'node:tls';
import {
  WsConfigurationError,
  type Principal,
  type ResolvedOptions,
  type SecurityEvent,
} from 'nestjs-ws-security';
import { TimerWheel } from '../../src/time/timer-wheel.js';
import { principalOfCertificate, refuseUnverified } from '../../src/handshake/tls/client-certificate.js';
import { tlsOptionsFromEnv, tlsOptionsOf } from '../../src/handshake/tls/tls-options.js';
import { TlsReloader } from '../../src/handshake/tls/tls-reloader.js';
import { SecurityEvents } from '../../src/observability/security-events.js';
import { resolveOptions } from '../../src/options/resolve-options.js';
import {
  CertificateAuthority,
  selfSigned,
  type Issued,
  type LeafOptions,
} from '../support/certificate-authority.js';
import { EchoGateway } from '../support/echo.gateway.js';
import { describeWithProgram } from '../support/installed.js';
import { ManualClock } from '../support/manual-clock.js';
import { startApp } from '../support/start-app.js';
import { TestClient } from '../support/test-client.js';
import { cleanups, type TlsEcho, echoOf, greet, open, sClient, serve } from '../support/tls-echo.js';
import { mintToken } from '../support/tokens.js';

// Makes OpenSSL offer versions and suites that its default level excludes.
const ANY = 'DEFAULT:@SECLEVEL=0';

const WAIT_MS = 15_000;

let authority: CertificateAuthority;
let leaf: Issued;
let folder: string;

beforeAll(async () => {
  authority = await CertificateAuthority.create();
  leaf = await authority.issue();
});

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tls-'));
});

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
  await rm(folder, { recursive: true });
});

const file = (name: string): string => join(folder, name);

async function write(name: string, content: string): Promise<string> {
  await writeFile(file(name), content);
  return file(name);
}

/** The environment of a server whose files are `cert.pem`, `key.pem` and, with a CA, `ca.pem`. */
async function environmentOf(
  { cert, key }: Pick<Issued, 'cert' | 'key'>,
  ca?: string,
): Promise<Record<string, string>> {
  return {
    WS_TLS_CERT_FILE: await write('cert.pem', cert),
    WS_TLS_KEY_FILE: await write('key.pem', key),
    ...(ca !== undefined && { WS_TLS_CA_FILE: await write('ca.pem', ca) }),
  };
}

describe('the server’s options', () => {
  it.each(['TLSv1.2', 'TLSv1.3'] as const)('T2 accepts %s', async (version) => {
    const { port } = await serve(tlsOptionsFromEnv(await environmentOf(leaf)));
    const greeting = await greet(port, { minVersion: version, maxVersion: version });
    expect(greeting.protocol).toBe(version);
  });

  it.each(['TLSv1', 'TLSv1.1'] as const)('T2 refuses %s', async (version) => {
    const { port } = await serve(tlsOptionsFromEnv(await environmentOf(leaf)));
    const old = { minVersion: version, maxVersion: version, ciphers: ANY };
    await expect(greet(port, old)).rejects.toMatchObject({ code: 'ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION' });
  });

  describeWithProgram('openssl', 'seen by openssl s_client', () => {
    it('T2 refuses TLS 1.1', async () => {
      const { port } = await serve(tlsOptionsFromEnv(await environmentOf(leaf)));
      const old = await sClient(port, '-tls1_1', '-cipher', ANY);
      expect(old).toMatchObject({ isOk: false, output: expect.stringContaining('alert protocol version') });
      const modern = await sClient(port, '-tls1_2', '-cipher', ANY);
      expect(modern).toMatchObject({
        isOk: true,
        output: expect.stringMatching(/Cipher is ECDHE-ECDSA-AES\d+-GCM/),
      });
    });
  });

  it('T2 WS_TLS_MIN_VERSION=TLSv1.3 refuses TLS 1.2', async () => {
    const environment = { ...(await environmentOf(leaf)), WS_TLS_MIN_VERSION: 'TLSv1.3' };
    const { port } = await serve(tlsOptionsFromEnv(environment));
    await expect(greet(port, { maxVersion: 'TLSv1.2' })).rejects.toMatchObject({
      code: 'ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION',
    });
    expect((await greet(port)).protocol).toBe('TLSv1.3');
  });

  describe('with an RSA certificate', () => {
    let rsa: Issued;
    beforeAll(async () => {
      rsa = await selfSigned({ keyType: 'rsa' });
    });

    it.each([
      ['without forward secrecy', 'AES128-GCM-SHA256'],
      ['without forward secrecy and AEAD', 'AES128-SHA256'],
      ['without AEAD', 'ECDHE-RSA-AES128-SHA256'],
      ['with SHA-1', 'ECDHE-RSA-AES256-SHA'],
    ])('T3 refuses %s: %s', async (_why, suite) => {
      const { port } = await serve(tlsOptionsFromEnv(await environmentOf(rsa)));
      const options = { maxVersion: 'TLSv1.2' as const, ciphers: `${suite}:@SECLEVEL=0` };
      await expect(greet(port, options)).rejects.toMatchObject({
        code: expect.stringContaining('ALERT_HANDSHAKE_FAILURE'),
      });
    });

    it('T3 chooses the strongest suite, whatever the client prefers', async () => {
      const { port } = await serve(tlsOptionsFromEnv(await environmentOf(rsa)));
      const ciphers = 'ECDHE-RSA-AES128-GCM-SHA256:ECDHE-RSA-AES256-GCM-SHA384';
      const { cipher } = await greet(port, { maxVersion: 'TLSv1.2', ciphers });
      expect(cipher).toBe('TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384');
    });
  });

  it('T4 sets a deadline for the TLS handshake', async () => {
    expect(tlsOptionsFromEnv(await environmentOf(leaf)).handshakeTimeout).toBe(10_000);
  });

  it('T5 a connection cannot be renegotiated', async () => {
    const { port } = await serve(tlsOptionsFromEnv(await environmentOf(leaf)));
    await expect(renegotiate(port)).rejects.toThrow(/renegotiation/i);
  });

  it('T1 serves an application over wss', async () => {
    const tls = tlsOptionsFromEnv(await environmentOf(leaf));
    const app = await startApp({ gateways: [EchoGateway], tls });
    cleanups.push(() => app.close());
    const client = await TestClient.connect(`${app.url}/ws`, { token: await mintToken() });
    expect(await client.request('echo', { text: 'hi' })).toMatchObject({
      event: 'echo',
      data: { text: 'hi' },
    });
  });
});

async function renegotiate(port: number): Promise<void> {
  const socket = connect({ port, host: '127.0.0.1', rejectUnauthorized: false, maxVersion: 'TLSv1.2' });
  cleanups.push(() => socket.destroy());
  await once(socket, 'secureConnect');
  await new Promise<void>((resolve, reject) => {
    socket.on('error', reject);
    socket.on('close', () => reject(new Error('closed instead of a renegotiation')));
    socket.resume();
    socket.renegotiate({}, (error) => (error ? reject(error) : resolve()));
  });
}

describe('files that cannot be used are refused:', () => {
  const problemsOf = (environment: Record<string, string>): string => {
    try {
      tlsOptionsFromEnv(environment);
    } catch (error) {
      if (error instanceof WsConfigurationError)
        return error.problems.map((p) => `${p.name}: ${p.message}`).join('\n');
      throw error;
    }
    throw new Error('the files were accepted');
  };

  it('T1 no certificate at all, naming the variable', () => {
    expect(problemsOf({})).toMatch(/^WS_TLS_CERT_FILE: must name a PEM file/);
  });

  it.each([
    ['a file without a certificate', { WS_TLS_CERT_FILE: 'hello' }, /^WS_TLS_CERT_FILE: /],
    ['an empty certificate file', { WS_TLS_CERT_FILE: '' }, /^WS_TLS_CERT_FILE: /],
    ['a file without a key', { WS_TLS_KEY_FILE: 'hello' }, /^WS_TLS_KEY_FILE: /],
    ['a file without a CA', { WS_TLS_CA_FILE: 'hello' }, /^WS_TLS_CA_FILE: /],
    [
      'all of them',
      { WS_TLS_CERT_FILE: 'x', WS_TLS_KEY_FILE: 'x', WS_TLS_CA_FILE: 'x' },
      /CERT.+\n.+KEY.+\n.+CA/,
    ],
  ])('T1 %s', async (_what, contents, problem) => {
    const environment = await environmentOf(leaf, authority.cert);
    for (const [variable, content] of Object.entries(contents)) {
      await writeFile(environment[variable] as string, content);
    }
    expect(problemsOf(environment)).toMatch(problem);
  });

  it('T1 a truncated chain', async () => {
    const half = authority.cert.slice(0, authority.cert.length / 2);
    const environment = await environmentOf({ ...leaf, cert: leaf.cert + half });
    expect(problemsOf(environment)).toMatch(/^WS_TLS_CERT_FILE: /);
  });

  it('T5 a truncated list of CAs', async () => {
    const half = authority.cert.slice(0, authority.cert.length / 2);
    expect(problemsOf(await environmentOf(leaf, authority.cert + half))).toMatch(/^WS_TLS_CA_FILE: /);
  });

  it('T5 CA certificates run together on one line', async () => {
    const environment = await environmentOf(leaf, authority.cert.trimEnd() + authority.cert);
    expect(problemsOf(environment)).toMatch(/^WS_TLS_CA_FILE: /);
  });

  it('T1 the key of another certificate, without printing the key', async () => {
    const other = await authority.issue();
    const problems = problemsOf(await environmentOf({ cert: leaf.cert, key: other.key }));
    expect(problems).toBe('WS_TLS_KEY_FILE: must be the key of the first certificate in WS_TLS_CERT_FILE');
  });

  it('T1 a key too short for TLS', async () => {
    const { privateKey, cert } = await shortRsa();
    expect(problemsOf(await environmentOf({ cert, key: privateKey }))).toMatch(/^WS_TLS_CERT_FILE: .+2048/);
  });

  async function shortRsa(): Promise<{ privateKey: string; cert: string }> {
    const { generate } = await import('selfsigned');
    const pair = await generate([{ name: 'commonName', value: 'short' }], {
      keySize: 512,
      algorithm: 'sha256',
    });
    return { privateKey: pair.private, cert: pair.cert };
  }
});

describe('TlsReloader', () => {
  interface Reloading extends TlsEcho {
    reloader: TlsReloader;
    clock: ManualClock;
    events: SecurityEvent[];
    /** Advances the clock by seconds until there are this many events, or gives up. */
    until: (count: number) => Promise<void>;
    serial: () => Promise<string | undefined>;
  }

  async function reloading(environment: Record<string, string>): Promise<Reloading> {
    const options: ResolvedOptions = resolveOptions({ logSecurityEvents: false }, environment);
    const clock = new ManualClock();
    const security = new SecurityEvents(options, clock, new TimerWheel(clock));
    const events: SecurityEvent[] = [];
    security.events.subscribe((event) => events.push(event));
    const echo = await serve(tlsOptionsOf(options));
    const reloader = new TlsReloader(options, clock, security);
    reloader.watch(echo.server);
    cleanups.push(() => reloader.onApplicationShutdown());
    const until = (count: number): Promise<void> => secondsUntil(clock, () => events.length >= count);
    return { ...echo, reloader, clock, events, until, serial: async () => (await greet(echo.port)).serial };
  }

  /** Gives up before the test's own timeout, so that a failed test leaves nothing running. */
  async function secondsUntil(clock: ManualClock, condition: () => boolean): Promise<void> {
    const deadline = performance.now() + WAIT_MS;
    while (!condition() && performance.now() < deadline) await second(clock);
  }

  async function second(clock: ManualClock): Promise<void> {
    clock.advance(1000);
    // File operations that start after those of the poll, so that the poll has finished.
    for (let i = 0; i < 3; i++) await rm(file('none'), { force: true });
    await new Promise(setImmediate);
  }

  async function replace(name: string, content: string): Promise<void> {
    await rename(await write(`${name}.new`, content), file(name));
  }

  it('T2 serves a new certificate while open connections go on', async () => {
    const { port, until, events, serial } = await reloading(await environmentOf(leaf));
    const socket = await open(port);
    expect(await serial()).toBe(leaf.x509.serialNumber);

    const next = await authority.issue();
    await replace('key.pem', next.key);
    await replace('cert.pem', next.cert);
    await until(1);

    expect(events).toMatchObject([
      { type: 'tls.reloaded', serial_number: next.x509.serialNumber, valid_to: next.x509.validTo },
    ]);
    expect(await serial()).toBe(next.x509.serialNumber);
    expect(await echoOf(socket, 'still here')).toBe('still here');
  });

  describeWithProgram('openssl', 'seen by openssl s_client', () => {
    it('T2 keeps the same TLS rules for the new certificate', async () => {
      const { port, until } = await reloading(await environmentOf(leaf));
      const next = await authority.issue({ names: ['next.test'] });
      await replace('key.pem', next.key);
      await replace('cert.pem', next.cert);
      await until(1);
      expect((await sClient(port)).output).toContain('CN = next.test');
      expect(await sClient(port, '-tls1_1', '-cipher', ANY)).toMatchObject({ isOk: false });
    });
  });

  it('T2 follows a symlink that is swapped, as Kubernetes does', async () => {
    const next = await authority.issue();
    const environment = {
      WS_TLS_CERT_FILE: file('live-cert.pem'),
      WS_TLS_KEY_FILE: file('live-key.pem'),
    };
    await environmentOf(leaf);
    await write('next-cert.pem', next.cert);
    await write('next-key.pem', next.key);
    const link = async (target: string, name: string): Promise<void> => {
      await symlink(file(target), file(`${name}.new`));
      await rename(file(`${name}.new`), file(name));
    };
    await link('cert.pem', 'live-cert.pem');
    await link('key.pem', 'live-key.pem');
    const { until, serial } = await reloading(environment);
    await link('next-key.pem', 'live-key.pem');
    await link('next-cert.pem', 'live-cert.pem');
    await until(1);
    expect(await serial()).toBe(next.x509.serialNumber);
  });

  it('T2 serves a certificate that changed before the first check', async () => {
    const environment = await environmentOf(leaf);
    const next = await authority.issue();
    const echo = await serve(tlsOptionsFromEnv(environment));
    await environmentOf(next);
    const options = resolveOptions({ logSecurityEvents: false }, environment);
    const clock = new ManualClock();
    const reloader = new TlsReloader(
      options,
      clock,
      new SecurityEvents(options, clock, new TimerWheel(clock)),
    );
    reloader.watch(echo.server);
    expect((await greet(echo.port)).serial).toBe(next.x509.serialNumber);
    reloader.onApplicationShutdown();
  });

  it.each([
    ['has no certificate', 'cert.pem', () => 'hello', 'WS_TLS_CERT_FILE'],
    ['is half written', 'cert.pem', (next: Issued) => next.cert.slice(0, 300), 'WS_TLS_CERT_FILE'],
    ['does not match the key', 'cert.pem', (next: Issued) => next.cert, 'WS_TLS_KEY_FILE'],
    ['has no key', 'key.pem', () => 'hello', 'WS_TLS_KEY_FILE'],
  ])(
    'T2 keeps the old certificate while a new file %s, until the files are good',
    async (_what, name, content, variable) => {
      const { until, events, serial, clock } = await reloading(await environmentOf(leaf));
      const next = await authority.issue();
      await replace(name, content(next));
      await until(1);
      for (let i = 0; i < 3; i++) await second(clock);
      expect(events).toMatchObject([
        { type: 'tls.reload-failed', reason: expect.stringContaining(variable) as string },
      ]);
      expect(await serial()).toBe(leaf.x509.serialNumber);

      await replace('key.pem', next.key);
      await replace('cert.pem', next.cert);
      await secondsUntil(clock, () => events.at(-1)?.type === 'tls.reloaded');
      expect(await serial()).toBe(next.x509.serialNumber);
    },
  );

  it('T2 keeps the old certificate when a file disappeared', async () => {
    const { until, events, serial } = await reloading(await environmentOf(leaf));
    await rm(file('cert.pem'));
    await until(1);
    expect(events).toMatchObject([
      { type: 'tls.reload-failed', reason: 'WS_TLS_CERT_FILE: names a file that cannot be read (ENOENT)' },
    ]);
    expect(await serial()).toBe(leaf.x509.serialNumber);
  });

  it('T2 does not reload files that were only touched', async () => {
    const { clock, events } = await reloading(await environmentOf(leaf));
    await second(clock);
    await utimes(file('cert.pem'), 1, 1);
    await second(clock);
    await second(clock);
    expect(events).toEqual([]);
  });

  it('T5 uses a new CA for the next clients', async () => {
    const other = await CertificateAuthority.create('Other CA');
    const { port, server, until, principals } = await reloading(await environmentOf(leaf, authority.cert));
    refuseUnverified(server);
    const [ours, theirs] = await Promise.all([
      authority.issue({ names: ['a'] }),
      other.issue({ names: ['b'] }),
    ]);
    await open(port, ours);
    await replace('ca.pem', other.cert);
    await until(1);
    await expect(open(port, ours)).rejects.toThrow();
    await open(port, theirs);
    expect(principals).toMatchObject([{ id: 'a' }, { id: 'b', issuer: `mtls:${other.fingerprint}` }]);
  });

  it('T2 stops watching on shutdown', async () => {
    const { reloader, clock, events, serial } = await reloading(await environmentOf(leaf));
    expect(clock.running).toBe(1);
    await replace('cert.pem', 'hello');
    clock.advance(1000);
    reloader.onApplicationShutdown();
    expect(clock.running).toBe(0);
    await second(clock);
    expect(events).toEqual([]);
    expect(await serial()).toBe(leaf.x509.serialNumber);
  });

  it('T2 does nothing when no files are configured', async () => {
    const options = resolveOptions({ logSecurityEvents: false }, {});
    const clock = new ManualClock();
    const { server, port } = await serve({ cert: leaf.cert, key: leaf.key });
    new TlsReloader(options, clock, new SecurityEvents(options, clock, new TimerWheel(clock))).watch(server);
    expect(clock.running).toBe(0);
    expect((await greet(port)).serial).toBe(leaf.x509.serialNumber);
  });
});

describe('client certificates', () => {
  /** Starts a server that requests client certificates of the test's CA. */
  async function serveWithCa(ca = authority.cert): Promise<TlsEcho> {
    const echo = await serve(tlsOptionsFromEnv(await environmentOf(leaf, ca)));
    refuseUnverified(echo.server);
    return echo;
  }

  /** The principal of a client with a certificate of the server's CA. */
  async function principalOf(options: LeafOptions): Promise<Principal | undefined> {
    const { port, principals } = await serveWithCa();
    await open(port, await authority.issue(options));
    return principals[0];
  }

  it('T5 one of the configured CA becomes the principal', async () => {
    const { port, principals } = await serveWithCa();
    const own = await authority.issue({
      names: ['robot'],
      uris: ['spiffe://test/robot', 'urn:b'],
      dns: ['a.test'],
    });
    await open(port, own);
    expect(principals).toEqual([
      {
        id: 'spiffe://test/robot',
        issuer: `mtls:${authority.fingerprint}`,
        kind: 'certificate',
        roles: [],
        scopes: [],
        claims: {},
        expiresAt: Date.parse(own.x509.validTo),
        sessionId: null,
      },
    ]);
    expect(authority.fingerprint).toMatch(/^[0-9a-f]{64}$/);
  });

  it('T5 are optional: a client without one is anonymous', async () => {
    const { port, principals } = await serveWithCa();
    const socket = await open(port);
    expect(await echoOf(socket, 'hi')).toBe('hi');
    expect(principals).toEqual([undefined]);
  });

  it.each<[string, () => Promise<Issued>]>([
    ['of a foreign CA', async () => (await CertificateAuthority.create('Foreign CA')).issue()],
    ['of a foreign CA of the same name', async () => (await CertificateAuthority.create()).issue()],
    ['that expired', () => authority.issue({ expired: true })],
    ['that is self-signed', () => selfSigned()],
    ['meant for servers', () => authority.issue({ usage: 'server' })],
  ])('T5 refuses one %s', async (_which, issue) => {
    const { port, server, principals } = await serveWithCa();
    let requests = 0;
    server.on('request', () => requests++);
    const own = await issue();
    await expect(open(port, own)).rejects.toThrow(/hang up|ECONNRESET|EPIPE|TLS connection/);
    const greeting = connect({
      port,
      host: '127.0.0.1',
      rejectUnauthorized: false,
      cert: own.cert,
      key: own.key,
    });
    // A write to a closed connection may raise an error before the close; either way it ends.
    const closed = new Promise((resolve) => greeting.on('error', () => undefined).on('close', resolve));
    greeting.write('GET / HTTP/1.1\r\nHost: a.test\r\n\r\n');
    await closed;
    expect([requests, principals]).toEqual([0, []]);
  });

  it('T5 leave an unverified client anonymous even when our listener is removed', async () => {
    const echo = await serve(tlsOptionsFromEnv(await environmentOf(leaf, authority.cert)));
    refuseUnverified(echo.server)();
    await open(echo.port, await authority.issue({ usage: 'server' }));
    expect(echo.principals).toEqual([undefined]);
  });

  it('T5 cannot be exchanged after they were verified, even with server options of the application', async () => {
    const { port, server } = await serve({ cert: leaf.cert, key: leaf.key });
    const detach = refuseUnverified(server);
    await expect(renegotiate(port)).rejects.toThrow();
    detach();
    await expect(renegotiate(port)).resolves.toBeUndefined();
  });

  it('T5 take the issuer from the server’s CA, not from what the client sends', async () => {
    const { port, principals } = await serveWithCa();
    const own = await authority.issue();
    const pretender = await CertificateAuthority.create();
    await open(port, { cert: own.cert + pretender.cert, key: own.key });
    expect(principals).toMatchObject([{ issuer: `mtls:${authority.fingerprint}` }]);
  });

  it('T5 do not take another CA of the server with the same key as the issuer', async () => {
    const { port, principals } = await serveWithCa(
      (await authority.renamed('Another name')).cert + authority.cert,
    );
    await open(port, await authority.issue());
    expect(principals).toMatchObject([{ issuer: `mtls:${authority.fingerprint}` }]);
  });

  it('T5 take an intermediate CA as the issuer where the server knows it', async () => {
    const intermediate = await authority.intermediate('Intermediate CA');
    const own = await intermediate.issue({ names: ['a'] });
    const withChain = { cert: own.cert + intermediate.cert, key: own.key };
    const knowing = await serveWithCa(authority.cert + intermediate.cert);
    await open(knowing.port, withChain);
    expect(knowing.principals).toMatchObject([{ id: 'a', issuer: `mtls:${intermediate.fingerprint}` }]);

    const ignorant = await serveWithCa();
    await open(ignorant.port, withChain);
    expect(ignorant.principals).toEqual([undefined]);
  });

  it('T5 keep their principal in a resumed TLS session, until the certificate expires', async () => {
    const { port, principals, sockets } = await serveWithCa();
    const own = await authority.issue({ names: ['a'] });
    const first = connect({
      port,
      host: '127.0.0.1',
      rejectUnauthorized: false,
      cert: own.cert,
      key: own.key,
    });
    cleanups.push(() => first.destroy());
    const [session] = (await once(first, 'session')) as [Buffer];
    await open(port, own, { session });
    const socket = sockets[0] as TLSSocket;
    expect(socket.isSessionReused()).toBe(true);
    expect(principals).toMatchObject([{ id: 'a', issuer: `mtls:${authority.fingerprint}` }]);
    const end = Date.parse(own.x509.validTo);
    expect(principalOfCertificate(socket, end - 1)).toMatchObject({ id: 'a' });
    expect(principalOfCertificate(socket, end)).toBeUndefined();
  });

  it.each<[string, LeafOptions, string | undefined]>([
    ['without a URI is its common name', { names: ['Zoë 1'], dns: ['a.test'] }, 'Zoë 1'],
    ['without URI and common name is anonymous', { names: [], dns: ['a.test'] }, undefined],
    ['with a control character in its name is anonymous', { names: ['root\u0000a'] }, undefined],
    ['with two common names is anonymous', { names: ['root', 'a'] }, undefined],
    ['with a URI in its common name is only that name', { names: ['a, URI:urn:root'] }, 'a, URI:urn:root'],
    ['with a name in its common name is only that name', { names: ['a\\+CN=root'] }, 'a\\+CN=root'],
    ['with a URI in a DNS name has no URI', { names: ['a'], dns: ['a.test, URI:urn:root'] }, 'a'],
    ['with a quoted URI in a DNS name has no URI', { names: ['a'], dns: ['a", URI:urn:root, DNS:"b'] }, 'a'],
    [
      'with a comma in its URI is that URI',
      { names: ['a'], uris: ['urn:a,URI:urn:root'] },
      'urn:a,URI:urn:root',
    ],
    ['with a space in its URI is anonymous', { names: ['a'], uris: ['urn:a, URI:urn:root'] }, undefined],
  ])('T5 one %s', async (_which, options, id) => {
    expect((await principalOf(options))?.id).toBe(id);
  });
});
