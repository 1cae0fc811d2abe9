import { NEIGHBOURS } from '../support/neighbours.js';
import { LateGuard } from '../support/late.guard.js';
import { rawHandshake, requestText } from '../support/raw-handshake.js';
import { startBeside, type Order, type Street } from '../support/street.js';
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

async function unknownPath({ port, clock, seen }: Street): Promise<number | 'cut'> {
  const answer = statusOf(port, '/nobodys');
  while (!seen.includes('/nobodys')) await new Promise((resolve) => setImmediate(resolve));
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

afterEach(() => LateGuard.reset());

const orders: Order[] = ['before the gateways', 'in onModuleInit', 'after listen'];
const platforms = ['express', 'fastify'] as const;
const streets = platforms.flatMap((platform) =>
  NEIGHBOURS.flatMap((neighbour) =>
    orders.map((order) => [neighbour.name, order, platform, neighbour] as const),
  ),
);

describe.each(streets)('H15 %s attached %s, on %s,', (_name, order, platform, neighbour) => {
  let street: Street;

  beforeAll(async () => (street = await startBeside(neighbour, order, { platform })));
  afterAll(() => street.end());

  it('serves its own clients, and our gateways serve theirs', async () => {
    expect(await neighbour.greet(street.url)).toBe('hello');
    await expectOurs(street.url);
    expect(await neighbour.greet(street.url)).toBe('hello');
  });

  it('keeps serving while our guard decides, and does not answer our handshake', async () => {
    const { asked, decide } = LateGuard.hold();
    const connecting = TestClient.connect(`${street.url}/ws`, { token: await mintToken() });
    await asked;
    expect(await neighbour.greet(street.url)).toBe('hello');
    if (neighbour.unknown === 'cut') expect(await statusOf(street.port, '/nobodys')).toBe('cut');
    expect((await TestClient.refused(`${street.url}/ws`)).status).toBe(401);
    decide();
    const client = await connecting;
    expect(await client.request('echo', { text: 'late' })).toMatchObject({ data: { text: 'late' } });
    await client.close();
  });

  it('answers on unknown paths as it does without our module', async () => {
    expect(await unknownPath(street)).toBe(neighbour.unknown);
    expect(street.seen).toContain('/nobodys');
    expect(street.seen.filter((url) => url.startsWith('/ws'))).toEqual([]);
  });
});
