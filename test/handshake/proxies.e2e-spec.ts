import { expectConnections } from '../support/connection-count.js';
import { type Attempt, handshake } from '../support/proxied-handshake.js';
import { CADDY, describeWith, HAPROXY, NGINX, Proxy, type ProxyKind } from '../support/proxy.js';
import { Service } from '../support/service.js';
import { signIn } from '../support/sign-in.js';
import { SocketFolder } from '../support/socket-folder.js';
import { TestClient } from '../support/test-client.js';

const ENVIRONMENT = {
  PLAIN_HTTP: '1',
  WS_REQUIRE_TLS: 'true',
  WS_TRUSTED_PROXIES: '127.0.0.1/32',
  WS_CONNECT_RATE_LIMIT: '3',
  WS_MAX_CONNECTIONS_PER_ADDRESS: '2',
};

const RATE_WINDOW_S = 60;

const loopback = (url: string): string => url.replace('localhost', '127.0.0.1');

interface Edge {
  name: string;
  kind: ProxyKind;
  over: 'TCP' | 'a Unix socket';
}

const EDGES: Edge[] = [
  ...[NGINX, HAPROXY, CADDY].map((kind): Edge => ({ name: kind.name, kind, over: 'TCP' })),
  { name: NGINX.name, kind: NGINX, over: 'a Unix socket' },
];

// Each test uses its own client addresses, because the service counts attempts per address.
describe.each(EDGES)('behind $name over $over', ({ kind, over }) => {
  describeWith(kind)('with its example configuration', () => {
    let service: Service & { url: string };
    let proxy: Proxy;
    let outside: string;
    const sockets = new SocketFolder();

    /**
     * Attempts a handshake. Returns 101 or the code of the refusal. An accepted connection is ended at once. Resolves
     * when the service counts only the `held` connections again.
     */
    async function outcome(url: string, { held = 0, ...attempt }: Attempt & { held?: number } = {}) {
      const { status, body, end } = await handshake(url, attempt);
      if (status !== 101) return (JSON.parse(body) as { code: string }).code;
      end();
      await expectConnections(outside, held);
      return status;
    }

    beforeAll(async () => {
      const place = over === 'TCP' ? {} : { ...(await sockets.place()), WS_TRUSTED_PROXIES: 'unix' };
      service = await Service.start({ ...ENVIRONMENT, ...place });
      proxy = await Proxy.start(kind, service.url);
      outside = `https://127.0.0.1:${proxy.port}`;
    });

    afterAll(async () => {
      await service.stop();
      await proxy.stop();
      await sockets.remove();
    });

    it('T1 serves wss: login, handshake, echo', async () => {
      const token = await signIn(outside, 'alice');
      const client = await TestClient.connect(`wss://127.0.0.1:${proxy.port}/ws`, { token });
      expect(await client.request('echo', { text: 'hi' })).toMatchObject({
        event: 'echo',
        data: { text: 'hi' },
      });
      await client.close();
      await expectConnections(outside, 0);
    });

    it('T1 refuses plaintext that bypasses the proxy, whatever its headers claim', async () => {
      const inside = loopback(service.url);
      expect(await outcome(inside)).toBe('INSECURE_TRANSPORT');
      // At the Unix socket everybody is a proxy.
      if (over !== 'TCP') return;
      const claims = { 'X-Forwarded-Proto': 'https', Forwarded: 'proto=https' };
      expect(await outcome(inside, { from: '127.0.0.2', headers: claims })).toBe('INSECURE_TRANSPORT');
    });

    it('H13 counts handshakes by the client’s address, not the proxy’s', async () => {
      const attempt = (from: string) => outcome(outside, { from });
      for (let i = 0; i < 3; i++) expect(await attempt('127.0.0.2')).toBe(101);
      expect(await attempt('127.0.0.2')).toBe('RATE_LIMITED');
      expect(await attempt('127.0.0.3')).toBe(101);
    });

    it('H13 R5 counts connections by the client’s address', async () => {
      const held = [
        await handshake(outside, { from: '127.0.0.4' }),
        await handshake(outside, { from: '127.0.0.4' }),
      ];
      expect(held.map(({ status }) => status)).toEqual([101, 101]);
      expect(await outcome(outside, { from: '127.0.0.4' })).toBe('CONNECTION_LIMIT');
      expect(await outcome(outside, { from: '127.0.0.5', held: 2 })).toBe(101);
      for (const { end } of held) end();
      await expectConnections(outside, 0);
    });

    it('H13 T1 a client cannot forge its address, protocol or host', async () => {
      const claims = (address: string) => ({
        'X-Forwarded-For': [address, `${address}, 127.0.0.1`],
        Forwarded: `for=${address};proto=http;host=evil.test`,
        'X-Real-IP': address,
        'X-Forwarded-Proto': 'http',
        'X-Forwarded-Host': 'evil.test',
      });
      for (const victim of ['127.0.0.7', '127.0.0.7', '127.0.0.7', '127.0.0.8']) {
        const expected = victim === '127.0.0.8' ? 'RATE_LIMITED' : 101;
        expect(await outcome(outside, { from: '127.0.0.6', headers: claims(victim) })).toBe(expected);
      }
      expect(await outcome(outside, { from: '127.0.0.7' })).toBe(101);
    });

    it('H1 H13 the service’s own origin is the public one, and a client cannot choose it', async () => {
      const attempt = (headers: Record<string, string>) => outcome(outside, { from: '127.0.0.9', headers });
      const forged = { 'X-Forwarded-Host': 'evil.test', Origin: 'https://evil.test' };
      expect(
        await attempt({ Host: `localhost:${proxy.port}`, Origin: `https://localhost:${proxy.port}` }),
      ).toBe(101);
      expect(await attempt({ Origin: 'https://evil.test' })).toBe('ORIGIN_NOT_ALLOWED');
      expect(await attempt(forged)).toBe('ORIGIN_NOT_ALLOWED');
    });

    it('H12 passes refusals on unchanged', async () => {
      const attempt = (path: string, headers = {}) =>
        handshake(outside, { from: '127.0.0.10', path, headers });
      const began = performance.now();
      const unauthenticated = await attempt('/ws');
      const foreign = await attempt('/ws', { Origin: 'https://evil.test' });
      await attempt('/ws');
      const limited = await attempt('/ws');
      const problem = (status: number, title: string, code: string) => ({
        status,
        type: 'application/problem+json',
        body: { type: 'about:blank', title, status, code },
      });
      const seen = [unauthenticated, foreign, limited].map(({ status, headers, body }) => ({
        status,
        type: headers['content-type'],
        body: JSON.parse(body) as unknown,
      }));
      expect(seen).toEqual([
        problem(401, 'Unauthorized', 'UNAUTHENTICATED'),
        problem(403, 'Forbidden', 'ORIGIN_NOT_ALLOWED'),
        problem(429, 'Too Many Requests', 'RATE_LIMITED'),
      ]);
      expect(unauthenticated.headers['www-authenticate']).toMatch(/^Bearer/);
      const passedS = (performance.now() - began) / 1000;
      expect(Number(limited.headers['retry-after'])).toBeGreaterThanOrEqual(RATE_WINDOW_S - passedS);
      expect(Number(limited.headers['retry-after'])).toBeLessThanOrEqual(RATE_WINDOW_S);
    });

    it('L2 logs the path of a handshake without its query', async () => {
      const headers = { Referer: 'https://localhost/?ticket=canary' };
      expect(await outcome(outside, { from: '127.0.0.11', path: '/ws?ticket=canary', headers })).toBe(
        'UNAUTHENTICATED',
      );
      const log = await proxy.logWith(kind.logged('127.0.0.11', '/ws', 401));
      expect(log).not.toContain('canary');
    });

    it('H13 counts an address that the proxy appended to the client’s header', async () => {
      const appending = await Proxy.start(kind, service.url, kind.appending);
      const attempt = async (from: string, claimed: string) => {
        const headers = { 'X-Forwarded-For': claimed };
        return outcome(`https://127.0.0.1:${appending.port}`, { from, headers });
      };
      for (const claimed of ['127.0.0.13', '10.0.0.1', '127.0.0.1'])
        expect(await attempt('127.0.0.12', claimed)).toBe(101);
      expect(await attempt('127.0.0.12', '10.0.0.2')).toBe('RATE_LIMITED');
      expect(await attempt('127.0.0.13', '127.0.0.12')).toBe(101);
      await appending.stop();
    });

    // The last one: it ends the service.
    it('S8 passes the drain’s 1012 on to clients', async () => {
      const client = await TestClient.connect(`wss://127.0.0.1:${proxy.port}/public`);
      service.process.kill('SIGTERM');
      expect((await client.closed).code).toBe(1012);
      expect(await service.exited).toEqual({ code: 0, signal: null });
    });
  });
});
