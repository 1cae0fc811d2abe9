import { NEIGHBOURS } from '../support/neighbours.js';
import { HeldGuard } from '../support/held.guard.js';
import { rawHandshake, requestText } from '../support/raw-handshake.js';
import { startWithNeighbour, type AttachTime, type SharedServer } from '../support/shared-server.js';
import { TestClient } from '../support/test-client.js';
import { mintToken } from '../support/tokens.js';

/** @returns the status, or `cut` when the connection ends without an answer */
async function statusOf(port: number, path: string): Promise<number | 'cut'> {
  try {
    return (await rawHandshake(port, requestText(path))).status;
  } catch (error) {
    if (String(error).endsWith('not an HTTP/1.1 response: ""')) return 'cut';
    throw error;
  }
}

async function unknownPath({ port, clock, seen }: SharedServer): Promise<number | 'cut'> {
  const answer = statusOf(port, '/unknown');
  while (!seen.includes('/unknown')) await new Promise((resolve) => setImmediate(resolve));
  clock.advance(9100);
  return answer;
}

async function expectOurs(url: string): Promise<void> {
  const client = await TestClient.connect(`${url}/ws`, { token: await mintToken() });
  expect(await client.request('echo', { text: 'ours' })).toMatchObject({ data: { text: 'ours' } });
  await client.close();
  expect(await TestClient.refused(`${url}/ws`)).toMatchObject({
    status: 401,
    body: { code: 'UNAUTHENTICATED' },
  });
}

afterEach(() => HeldGuard.reset());

const attachTimes: AttachTime[] = ['before the gateways', 'in onModuleInit', 'after listen'];
const platforms = ['express', 'fastify'] as const;
const combinations = platforms.flatMap((platform) =>
  NEIGHBOURS.flatMap((neighbour) =>
    attachTimes.map((attachTime) => [neighbour.name, attachTime, platform, neighbour] as const),
  ),
);

describe.each(combinations)('H15 %s attached %s, on %s,', (_name, attachTime, platform, neighbour) => {
  let shared: SharedServer;

  beforeAll(async () => (shared = await startWithNeighbour(neighbour, attachTime, { platform })));
  afterAll(() => shared.end());

  it('serves its own clients, and our gateways serve theirs', async () => {
    expect(await neighbour.greet(shared.url)).toBe('hello');
    await expectOurs(shared.url);
    expect(await neighbour.greet(shared.url)).toBe('hello');
  });

  it('keeps serving while our guard decides, and does not answer our handshake', async () => {
    const { asked, decide } = HeldGuard.hold();
    const connecting = TestClient.connect(`${shared.url}/ws`, { token: await mintToken() });
    await asked;
    expect(await neighbour.greet(shared.url)).toBe('hello');
    if (neighbour.unknown === 'cut') expect(await statusOf(shared.port, '/unknown')).toBe('cut');
    expect((await TestClient.refused(`${shared.url}/ws`)).status).toBe(401);
    decide();
    const client = await connecting;
    expect(await client.request('echo', { text: 'late' })).toMatchObject({ data: { text: 'late' } });
    await client.close();
  });

  it('answers on unknown paths as it does without our module', async () => {
    expect(await unknownPath(shared)).toBe(neighbour.unknown);
    expect(shared.seen).toContain('/unknown');
    expect(shared.seen.filter((url) => url.startsWith('/ws'))).toEqual([]);
  });
});
