import { readFile } from 'node:fs/promises';
import { readYaml } from '../support/read-yaml.js';

type Part = { [name: string]: Part };

interface Router {
  entryPoints: string[];
  middlewares: string[];
  service: string;
}

interface Balancer {
  servers: { url: string }[];
  serversTransport: string;
}

async function example(name: string): Promise<Part> {
  return (await readYaml(await readFile(`docs/examples/${name}`, 'utf8'))) as Part;
}

/** The names of all keys, at any depth. */
const namesIn = (part: unknown): string[] =>
  typeof part === 'object' && part !== null
    ? Object.entries(part).flatMap(([name, inner]) => [name, ...namesIn(inner)])
    : [];

// The suite does not run Traefik, which Debian does not package.
describe('the example for Traefik', () => {
  it('refers only to what it defines', async () => {
    const { entryPoints = {}, providers } = await example('traefik.yml');
    const { http = {} } = await example('traefik-dynamic.yml');
    expect(providers).toEqual({ file: { filename: '@DYNAMIC_FILE@' } });
    const routers = Object.values(http['routers'] ?? {}) as unknown as Router[];
    expect(routers).toHaveLength(1);
    for (const router of routers) {
      for (const name of router.entryPoints) expect(entryPoints).toHaveProperty(name);
      for (const name of router.middlewares) expect(http['middlewares']).toHaveProperty(name);
      const part = http['services']?.[router.service]?.['loadBalancer'];
      const { servers, serversTransport } = part as unknown as Balancer;
      expect(servers).toEqual([{ url: 'http://@UPSTREAM@' }]);
      expect(http['serversTransports']).toHaveProperty(serversTransport);
    }
  });

  it('H13 T1 serves TLS only, and believes no forwarding header of a client', async () => {
    const { entryPoints = {} } = await example('traefik.yml');
    const { http, tls } = await example('traefik-dynamic.yml');
    expect(Object.keys(entryPoints)).toEqual(['websecure']);
    expect(namesIn(entryPoints)).not.toContain('forwardedHeaders');
    expect(http?.['routers']?.['websocket']).toHaveProperty('tls', {});
    expect(tls?.['options']?.['default']).toMatchObject({ minVersion: 'VersionTLS12' });
    const { headers } = http?.['middlewares']?.['client-headers'] ?? {};
    expect(headers?.['customRequestHeaders']).toEqual({ Forwarded: '', 'X-Real-Ip': '' });
    expect(http?.['services']?.['websocket']?.['loadBalancer']).toMatchObject({ passHostHeader: 'true' });
  });

  it('does not repeat a handshake', async () => {
    const { http } = await example('traefik-dynamic.yml');
    expect(namesIn(http)).not.toContain('retry');
    expect(http?.['serversTransports']?.['handshake']).toMatchObject({ maxIdleConnsPerHost: '-1' });
  });

  it('L2 logs no path, because Traefik adds the query to it, and no header', async () => {
    const { accessLog } = await example('traefik.yml');
    const { defaultMode, names = {}, headers } = accessLog?.['fields'] ?? {};
    expect([defaultMode, headers]).toEqual(['drop', { defaultMode: 'drop' }]);
    for (const name of Object.keys(names)) expect(name).not.toMatch(/Path|Line|Referer/);
  });
});
