import { EchoGateway } from '../support/echo.gateway.js';
import { rawHandshake, requestText } from '../support/raw-handshake.js';
import { startApp, type RunningApp } from '../support/start-app.js';
import { TestClient } from '../support/test-client.js';
import { mintToken } from '../support/tokens.js';

let running: RunningApp;

afterEach(() => running.close());

const connect = async (): Promise<TestClient> =>
  TestClient.connect(`${running.url}/ws`, { token: await mintToken() });

const echo = (text: string): string => JSON.stringify({ event: 'echo', data: { text }, id: 1 });

describe('H9 permessage-deflate', () => {
  it('is off by default', async () => {
    running = await startApp({ gateways: [EchoGateway] });
    const client = await connect();
    expect(client.socket.extensions).toBe('');
    await client.close();
  });

  it('H12 refuses an invalid offer like any other handshake, and frees its place', async () => {
    running = await startApp({
      gateways: [EchoGateway],
      options: { compression: true, maxConnectionsPerUser: 1 },
    });
    const offer = {
      Authorization: `Bearer ${await mintToken()}`,
      'Sec-WebSocket-Extensions': 'permessage-deflate; server_max_window_bits=100',
    };
    const { status, headers, body } = await rawHandshake(running.port, requestText('/ws', offer));
    expect([status, headers.get('content-type')]).toEqual([400, 'application/problem+json']);
    expect(JSON.parse(body)).toMatchObject({ status: 400, code: 'BAD_HANDSHAKE' });
    await (await connect()).close();
  });

  it('carries messages both ways', async () => {
    running = await startApp({ gateways: [EchoGateway], options: { compression: true } });
    const client = await connect();
    expect(client.socket.extensions).toContain('permessage-deflate');
    client.send(echo('hello').padEnd(20_000));
    expect(await client.next()).toMatchObject({ event: 'echo', data: { text: 'hello' } });
    await client.close();
  });

  it('closes a compression bomb with 1009, based on its decompressed size', async () => {
    running = await startApp({
      gateways: [EchoGateway],
      options: { compression: true, maxPayloadBytes: 100_000 },
    });
    const [client, bystander] = [await connect(), await connect()];
    const before = process.memoryUsage().rss;
    // Compressed it is within the payload limit.
    client.send(echo('x').padEnd(50_000_000));
    expect((await client.closed).code).toBe(1009);
    expect(await bystander.request('echo', { text: 'still here' })).toMatchObject({ event: 'echo' });
    expect(process.memoryUsage().rss - before).toBeLessThan(400_000_000);
    await bystander.close();
  });
});

describe('I7 binary frames', () => {
  const send = async (allowBinary: boolean, bytes: Buffer): Promise<TestClient> => {
    running = await startApp({ gateways: [EchoGateway], options: { allowBinary } });
    const client = await connect();
    client.socket.send(bytes);
    return client;
  };

  it('carry the same JSON where they are allowed', async () => {
    const client = await send(true, Buffer.from(echo('héllo')));
    expect(await client.next()).toMatchObject({ event: 'echo', data: { text: 'héllo' }, id: 1 });
    await client.close();
  });

  it('that are not UTF-8 are closed with 1007', async () => {
    const client = await send(true, Buffer.from('7b22ff', 'hex'));
    expect((await client.closed).code).toBe(1007);
  });

  it('are closed with 1003 where they are not allowed', async () => {
    const client = await send(false, Buffer.from(echo('hello')));
    expect((await client.closed).code).toBe(1003);
  });
});
