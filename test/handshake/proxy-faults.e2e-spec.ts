import { eventually } from '../support/eventually.js';
import { ownPort } from '../support/own-port.js';
import { handshake } from '../support/proxied-handshake.js';
import { CADDY, describeWith, HAPROXY, NGINX, Proxy, type ProxyKind, replaceOnce } from '../support/proxy.js';
import { Service } from '../support/service.js';
import { SocketFolder } from '../support/socket-folder.js';

const CLIENT = '127.0.0.2';
const PROXY = '127.0.0.1';
const ENVIRONMENT = {
  PLAIN_HTTP: '1',
  WS_REQUIRE_TLS: 'true',
  WS_TRUSTED_PROXIES: PROXY,
  WS_LOG_SECURITY_EVENTS: 'true',
};

/** What most of the faults need is no obstacle to the others. */
const STRICT = { WS_ALLOWED_HOSTS: 'localhost,127.0.0.1', WS_MAX_CONNECTIONS_PER_ADDRESS: '1' };

type RunningService = Service & { url: string };

/** The services that tests share, by their environments. */
const services = new Map<string, Promise<RunningService>>();
let service: RunningService;
/** Where the log of this test begins. */
let logStart: number;
let proxy: Proxy;
const [trusted, untrusted] = [new SocketFolder(), new SocketFolder()];

async function open(
  kind: ProxyKind,
  env: Record<string, string>,
  edit?: (text: string) => string,
): Promise<void> {
  const key = JSON.stringify(env);
  const shared = services.get(key) ?? Service.start({ ...ENVIRONMENT, ...env });
  services.set(key, shared);
  service = await shared;
  logStart = service.stdout.length;
  proxy = await Proxy.start(kind, service.url, edit);
}

afterEach(() => proxy.stop());

afterAll(async () => {
  for (const shared of services.values()) await (await shared).stop();
  await Promise.all([trusted.remove(), untrusted.remove()]);
});

const log = (): string => service.stdout.slice(logStart);

const attempt = (path = '/public', headers: Record<string, string> = {}) =>
  handshake(`https://127.0.0.1:${proxy.port}`, { from: CLIENT, path, headers });

/** Writes another value of a header into the example of nginx. */
const header = (name: string, value: string) => (text: string) =>
  replaceOnce(text, lineOf(text, name), `proxy_set_header ${name} ${value};`);

function lineOf(text: string, name: string): string {
  const line = new RegExp(`proxy_set_header ${name} .*;`).exec(text)?.[0];
  if (line === undefined) throw new Error(`the example does not set ${name}`);
  return line;
}

/** The first refusal of this test in the log of the service. */
async function refusal(): Promise<Record<string, unknown>> {
  const line = await eventually(async () => {
    const found = /^\{.*"handshake\.refused".*\}$/m.exec(log())?.[0];
    if (found === undefined) throw new Error('no refusal yet');
    return Promise.resolve(found);
  });
  return JSON.parse(line) as Record<string, unknown>;
}

interface Fault {
  fault: string;
  env?: Record<string, string>;
  edit?: (text: string) => string;
  headers?: () => Record<string, string>;
  event: Record<string, unknown>;
}

const ownPage = () => ({
  Host: `localhost:${proxy.port}`,
  Origin: `https://localhost:${proxy.port}`,
});

const FAULTS: Fault[] = [
  {
    fault: 'a proxy that is not trusted',
    env: { WS_TRUSTED_PROXIES: '192.0.2.1' },
    event: { code: 'INSECURE_TRANSPORT', 'client.address': PROXY },
  },
  {
    fault: 'a proxy that writes the other kind of header',
    env: { WS_FORWARDED_HEADER: 'forwarded' },
    event: { code: 'INSECURE_TRANSPORT', 'client.address': PROXY },
  },
  {
    fault: 'a proxy that does not report TLS',
    edit: header('X-Forwarded-Proto', '""'),
    event: { code: 'INSECURE_TRANSPORT', 'client.address': CLIENT },
  },
  {
    fault: 'a proxy that does not report the client, which shares one limit',
    edit: header('X-Forwarded-For', '""'),
    event: { code: 'CONNECTION_LIMIT', 'client.address': PROXY },
  },
  {
    fault: 'a proxy that removes the port from Host',
    edit: header('Host', '$host'),
    headers: ownPage,
    event: { code: 'ORIGIN_NOT_ALLOWED', 'client.address': CLIENT },
  },
  {
    fault: 'a proxy that asks for a host of its own',
    edit: header('Host', 'websocket_service'),
    headers: ownPage,
    event: { code: 'HOST_NOT_ALLOWED', 'client.address': CLIENT },
  },
];

describeWith(NGINX)('what the log says of', () => {
  it.each(FAULTS)('H13 $fault', async ({ env = STRICT, edit, headers, event }) => {
    await open(NGINX, env, edit);
    const first = await attempt('/public', headers?.());
    const second = first.status === 101 ? await attempt('/public', headers?.()) : first;
    expect(second.status).not.toBe(101);
    expect(await refusal()).toMatchObject(event);
    first.end();
  });

  it('H13 a proxy on a Unix socket that is not trusted', async () => {
    await open(NGINX, { ...(await untrusted.place()), WS_TRUSTED_PROXIES: 'loopback' });
    expect((await attempt()).status).toBe(403);
    expect(await refusal()).toMatchObject({ code: 'INSECURE_TRANSPORT', 'client.address': 'unix' });
  });

  // The last one: it ends the service.
  it('H5 a proxy that does not forward Upgrade: nothing, because it is an ordinary request', async () => {
    await open(NGINX, STRICT, header('Upgrade', '""'));
    expect((await attempt()).status).toBe(404);
    await service.stop();
    expect(log()).not.toContain('handshake.refused');
  });
});

// Each proxy has its own clients, because the service counts attempts per address.
describe.each([
  { kind: HAPROXY, client: '127.0.0.2', other: '127.0.0.3' },
  { kind: CADDY, client: '127.0.0.4', other: '127.0.0.5' },
])('behind $kind.name', ({ kind, client, other }) => {
  describeWith(kind)('with its example configuration', () => {
    it('H13 T1 a trusted Unix socket serves as TCP does', async () => {
      await open(kind, {
        ...(await trusted.place()),
        WS_TRUSTED_PROXIES: 'unix',
        WS_CONNECT_RATE_LIMIT: '1',
      });
      const from = async (address: string) => {
        const answer = await handshake(`https://127.0.0.1:${proxy.port}`, { from: address });
        answer.end();
        return answer.status;
      };
      expect([await from(client), await from(client), await from(other)]).toEqual([101, 429, 101]);
    });

    it('L2 no log contains a query or a header when the service does not answer', async () => {
      proxy = await Proxy.start(kind, `http://localhost:${await ownPort()}`);
      const { status } = await attempt('/ws?ticket=canary', { Referer: 'https://localhost/?canary' });
      expect(status).toBeGreaterThanOrEqual(502);
      expect(await proxy.logWith(kind.logged(CLIENT, '/ws', status))).not.toContain('canary');
    });
  });
});
