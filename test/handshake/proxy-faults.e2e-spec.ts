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

let service: (Service & { url: string }) | undefined;
let proxy: Proxy;
const sockets = new SocketFolder();

async function open(
  kind: ProxyKind,
  env: Record<string, string> = {},
  edit?: (text: string) => string,
): Promise<void> {
  service = await Service.start({ ...ENVIRONMENT, ...env });
  proxy = await Proxy.start(kind, service.url, edit);
}

afterEach(async () => {
  await service?.stop();
  service = undefined;
  await proxy.stop();
  await sockets.remove();
});

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

/** The first refusal in the log of the service. */
async function refusal(): Promise<Record<string, unknown>> {
  const line = await eventually(async () => {
    const found = /^\{.*"handshake\.refused".*\}$/m.exec(service?.stdout ?? '')?.[0];
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
    env: { WS_MAX_CONNECTIONS_PER_ADDRESS: '1' },
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
    env: { WS_ALLOWED_HOSTS: 'localhost' },
    edit: header('Host', 'websocket_service'),
    headers: ownPage,
    event: { code: 'HOST_NOT_ALLOWED', 'client.address': CLIENT },
  },
];

describeWith(NGINX)('what the log says of', () => {
  it.each(FAULTS)('H13 $fault', async ({ env, edit, headers, event }) => {
    await open(NGINX, env, edit);
    const first = await attempt('/public', headers?.());
    const second = first.status === 101 ? await attempt('/public', headers?.()) : first;
    expect(second.status).not.toBe(101);
    expect(await refusal()).toMatchObject(event);
    first.end();
  });

  it('H13 a proxy on a Unix socket that is not trusted', async () => {
    await open(NGINX, { ...(await sockets.place()), WS_TRUSTED_PROXIES: 'loopback' });
    expect((await attempt()).status).toBe(403);
    expect(await refusal()).toMatchObject({ code: 'INSECURE_TRANSPORT', 'client.address': 'unix' });
  });

  it('H5 a proxy that does not forward Upgrade: nothing, because it is an ordinary request', async () => {
    await open(NGINX, {}, header('Upgrade', '""'));
    expect((await attempt()).status).toBe(404);
    await service?.stop();
    expect(service?.stdout).not.toContain('handshake.refused');
  });
});

describe.each([HAPROXY, CADDY])('behind $name', (kind) => {
  describeWith(kind)('with its example configuration', () => {
    it('H13 T1 a trusted Unix socket serves as TCP does', async () => {
      await open(kind, {
        ...(await sockets.place()),
        WS_TRUSTED_PROXIES: 'unix',
        WS_CONNECT_RATE_LIMIT: '1',
      });
      const from = async (address: string) => {
        const answer = await handshake(`https://127.0.0.1:${proxy.port}`, { from: address });
        answer.end();
        return answer.status;
      };
      expect([await from(CLIENT), await from(CLIENT), await from('127.0.0.3')]).toEqual([101, 429, 101]);
    });

    it('L2 no log contains a query or a header when the service does not answer', async () => {
      proxy = await Proxy.start(kind, `http://localhost:${await ownPort()}`);
      const { status } = await attempt('/ws?ticket=canary', { Referer: 'https://localhost/?canary' });
      expect(status).toBeGreaterThanOrEqual(502);
      expect(await proxy.logWith(kind.logged(CLIENT, '/ws', status))).not.toContain('canary');
    });
  });
});
