import type { IncomingMessage } from 'node:http';
import { Writable } from 'node:stream';
import { SubscribeMessage, WebSocketServer } from '@nestjs/websockets';
import { SecureGateway } from 'nestjs-ws-security';
import type { WebSocketServer as Server } from 'ws';
import { startApp, type RunningApp } from '../support/start-app.js';
import { TestClient } from '../support/test-client.js';
import { mintToken } from '../support/tokens.js';

@SecureGateway({ path: '/ws' })
class SeeingGateway {
  static readonly requests: IncomingMessage[] = [];

  @WebSocketServer()
  readonly server!: Server;

  handleConnection(_client: object, request: IncomingMessage): void {
    SeeingGateway.requests.push(request);
  }

  @SubscribeMessage('hello')
  hello(): string {
    return 'hello';
  }
}

let running: RunningApp;

beforeAll(async () => {
  running = await startApp({ gateways: [SeeingGateway] });
});

afterAll(() => running.close());

async function connect(headers: Record<string, string>): Promise<TestClient> {
  return TestClient.connect(`${running.url}/ws`, { token: await mintToken(), headers });
}

describe('an accepted handshake', () => {
  it('shows its whole request to connect hooks, and to listeners that change the response', async () => {
    const { server } = running.app.get(SeeingGateway);
    const seen: IncomingMessage[] = [];
    const listener = (headers: string[], request: IncomingMessage): void => {
      headers.push('X-Served: yes');
      seen.push(request);
    };
    await (await connect({ 'x-before': '1' })).close();
    server.on('headers', listener);
    await (await connect({ 'x-while': '2' })).close();
    server.off('headers', listener);
    const [before, during] = SeeingGateway.requests.slice(-2);
    expect(before?.headers).toMatchObject({ 'x-before': '1', upgrade: 'websocket' });
    expect(during?.headers['x-while']).toBe('2');
    expect(seen).toEqual([during]);
  });

  it('S10 ends its reader once, so that Node creates no errors that nobody gets', async () => {
    const { server } = running.app.get(SeeingGateway);
    const client = await connect({});
    const [served] = [...server.clients] as unknown as [{ _receiver: Writable; once: typeof server.once }];
    const own = Object.getOwnPropertyDescriptor(Writable.prototype, 'end') as PropertyDescriptor;
    const end = own.value as (...args: unknown[]) => Writable;
    let ends = 0;
    const count = function count(this: Writable, ...args: unknown[]): Writable {
      // oxlint-disable-next-line no-underscore-dangle -- the name of `ws`
      if (this === served._receiver) ends++;
      return end.apply(this, args);
    };
    Object.defineProperty(Writable.prototype, 'end', { ...own, value: count });
    try {
      const closed = new Promise((resolve) => served.once('close', resolve));
      await client.close();
      await closed;
    } finally {
      Object.defineProperty(Writable.prototype, 'end', own);
    }
    expect(ends).toBe(1);
  });
});
