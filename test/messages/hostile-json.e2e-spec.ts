import { startApp, type RunningApp } from '../support/start-app.js';
import { TestClient } from '../support/test-client.js';
import { mintToken } from '../support/tokens.js';
import { Target, BAD_MESSAGES, INVALID, ACCEPTED, CLOSING } from '../support/hostile-json.js';

/** The frames above have their id at the end. */
const FINAL_ID = /,"id":1\}$/;

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

let running: RunningApp;
let token: string;
let bystander: TestClient;
let client: TestClient;
let received: string[];

const connect = (): Promise<TestClient> => TestClient.connect(`${running.url}/ws`, { token });

beforeAll(async () => {
  running = await startApp({ gateways: [Target], options: { rateLimit: 100_000 } });
  token = await mintToken();
  bystander = await connect();
});

beforeEach(async () => {
  client = await connect();
  received = [];
  client.socket.on('message', (data: Buffer) => received.push(data.toString()));
  Target.calls = 0;
});

afterEach(async () => {
  for (const text of received) expect(text).not.toMatch(/canary|node_modules|\bat .+:\d+:\d+/);
  client.socket.terminate();
  await client.closed;
});

afterAll(async () => {
  await bystander.close();
  await running.close();
});

async function expectServed(connection: TestClient): Promise<void> {
  connection.send({ event: 'echo', data: { text: 'still here' }, id: 'after' });
  expect(await connection.next()).toEqual({ event: 'echo', data: { text: 'still here' }, id: 'after' });
}

describe('hostile JSON', () => {
  it.each(BAD_MESSAGES)('I11 BAD_MESSAGE: %s', async (_name, text) => {
    client.send(text);
    const { event, data, id } = await client.next();
    expect({ event, data }).toEqual({
      event: 'exception',
      data: { status: 'error', code: 'BAD_MESSAGE', message: 'The message is malformed.' },
    });
    expect(id).toBe(FINAL_ID.test(text) && isJson(text) ? 1 : undefined);
    expect(Target.calls).toBe(0);
    await expectServed(client);
  });

  it.each(INVALID)('I11 VALIDATION_FAILED: %s', async (_name, text, path) => {
    client.send(text);
    const answer = await client.next();
    expect(answer).toMatchObject({ event: 'exception', id: 1, data: { code: 'VALIDATION_FAILED' } });
    const errors = answer.data?.['errors'] as { path: string }[];
    expect(errors[0]?.path).toContain(path);
    expect(Target.calls).toBe(0);
    // The name of an unknown property may be repeated in sanitised form.
    received = received.map((line) => line.replace('imgsrccanary', ''));
    await expectServed(client);
  });

  it.each(ACCEPTED)('accepted: %s', async (_name, text, data) => {
    client.send(text);
    expect(await client.next()).toEqual({ event: expect.any(String) as string, data, id: 1 });
    await expectServed(client);
  });

  it.each(CLOSING)('%s closes the connection, and no other', async (_name, data, binary, code) => {
    client.socket.send(data, { binary });
    expect((await client.closed).code).toBe(code);
    const other = await connect();
    await expectServed(other);
    await other.close();
  });

  it('I4 none of these messages changed a prototype or reached another client', async () => {
    await expectServed(bystander);
    expect(Object.keys(Object.prototype)).toEqual([]);
  });
});
