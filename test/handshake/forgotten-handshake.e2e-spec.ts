import type { IncomingMessage, Server } from 'node:http';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { EchoGateway } from '../support/echo.gateway.js';
import { startApp, type RunningApp } from '../support/start-app.js';
import { TestClient } from '../support/test-client.js';
import { mintToken } from '../support/tokens.js';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

const CLIENTS = 20;

let running: RunningApp;

beforeEach(async () => {
  running = await startApp({
    gateways: [EchoGateway],
    options: { authSources: ['header', 'subprotocol', 'message'], maxConnectionsPerUser: CLIENTS },
  });
});

afterEach(() => running.close());

describe('an open connection', () => {
  it.each<[string, () => Promise<TestClient>]>([
    ['header', async () => TestClient.connect(`${running.url}/ws`, { token: await mintToken() })],
    [
      'subprotocol',
      async () =>
        TestClient.connect(`${running.url}/ws`, {
          protocols: ['ws-security.v1', `bearer.${await mintToken()}`],
        }),
    ],
  ])('keeps neither the handshake request nor the token of its %s', async (_source, connect) => {
    const requests: WeakRef<IncomingMessage>[] = [];
    const server = running.app.getHttpServer() as Server;
    const emit = server.emit.bind(server) as (event: string, ...args: unknown[]) => boolean;
    server.emit = (event: string, ...args: unknown[]) => {
      if (event === 'upgrade') requests.push(new WeakRef(args[0] as IncomingMessage));
      return emit(event, ...args);
    };
    const clients = await Promise.all(Array.from({ length: CLIENTS }, connect));
    for (const client of clients) await client.request('echo', { text: 'hello' });
    await new Promise((resolve) => setImmediate(resolve));
    collectGarbage();
    expect(requests).toHaveLength(CLIENTS);
    // The HTTP parsers in Node's pool keep a reference to their last request.
    const kept = requests.filter((request) => request.deref()).length;
    expect(kept).toBeLessThan(CLIENTS / 2);
    await Promise.all(clients.map((client) => client.close()));
  });
});
