import { ConnectedSocket, MessageBody, SubscribeMessage } from '@nestjs/websockets';
import { ConnectionRegistry, SecureGateway } from 'nestjs-ws-security';
import type { WebSocket } from 'ws';
import { EchoDto } from '../support/echo.gateway.js';
import { eventually } from '../support/eventually.js';
import { frame, Opcode, ping } from '../support/raw-frames.js';
import { startApp, type RunningApp } from '../support/start-app.js';
import { TestClient } from '../support/test-client.js';
import { mintToken } from '../support/tokens.js';

/** Removes listeners that it has not added. */
@SecureGateway({ path: '/ws' })
class CleaningGateway {
  handleConnection(@ConnectedSocket() client: WebSocket): void {
    for (const event of ['message', 'ping', 'pong', 'error']) client.removeAllListeners(event);
  }

  @SubscribeMessage('echo')
  echo(@MessageBody() { text }: EchoDto): string {
    return text;
  }
}

let running: RunningApp;
let client: TestClient;

beforeAll(async () => {
  running = await startApp({
    gateways: [CleaningGateway],
    options: { frameBurst: 20, frameRate: 1, strikeLimit: 5 },
  });
});
beforeEach(async () => {
  client = await TestClient.connect(`${running.url}/ws`, { token: await mintToken() });
});
afterEach(async () => {
  client.socket.terminate();
  await nobodyIsHere();
});
afterAll(() => running.close());

const nobodyIsHere = (): Promise<void> =>
  eventually(async () => expect(running.app.get(ConnectionRegistry).size).toBe(0));

describe('a client without the listeners of its server', () => {
  it('is served, in whole frames and in fragments', async () => {
    expect(await client.request('echo', { text: 'whole' })).toMatchObject({ data: 'whole' });
    const message = JSON.stringify({ event: 'echo', data: { text: 'fragments' } });
    client.sendRaw(
      Buffer.concat([
        frame({ payload: message.slice(0, 9), fin: false }),
        frame({ opcode: Opcode.CONTINUATION, payload: message.slice(9) }),
      ]),
    );
    expect(await client.next()).toMatchObject({ data: 'fragments' });
  });

  it('D1 has a budget for pings', async () => {
    client.sendRaw(Buffer.concat(Array.from({ length: 60 }, () => ping())));
    expect(await client.next()).toMatchObject({ event: 'exception', data: { code: 'RATE_LIMITED' } });
    expect(await client.closed).toMatchObject({ code: 4429 });
  });

  it('breaks the protocol without ending the process', async () => {
    client.sendRaw(frame({ rsv: 4, payload: 'compressed, which nobody has agreed to' }));
    expect(await client.closed).toMatchObject({ code: 1002 });
  });
});
