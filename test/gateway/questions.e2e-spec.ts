import type { Browser } from 'playwright-core';
import { MessageBody, type OnGatewayInit, SubscribeMessage, WebSocketServer } from '@nestjs/websockets';
import { AllowCharacters, SecureGateway } from 'nestjs-ws-security';
import { WsClient } from 'nestjs-ws-security/client';
import { IsString } from 'class-validator';
import { WebSocket, WebSocketServer as Server } from 'ws';
import { describeWithChromium, launchChromium, PAGE_TEST_MS } from '../support/chromium.js';
import { EchoGateway } from '../support/echo.gateway.js';
import { eventually } from '../support/eventually.js';
import { RawConnection } from '../support/raw-connection.js';
import { frame, text } from '../support/raw-frames.js';
import { problemsOf } from '../support/problems-of.js';
import { type RunningApp, startApp } from '../support/start-app.js';
import { TestClient } from '../support/test-client.js';
import { mintToken } from '../support/tokens.js';

class NoteDto {
  @IsString()
  plain!: string;

  @AllowCharacters('control')
  @IsString()
  raw!: string;
}

@SecureGateway({ path: '/notes' })
class NotesGateway implements OnGatewayInit {
  @WebSocketServer() readonly server!: Server;
  given: unknown;

  afterInit(server: unknown): void {
    this.given = server;
  }

  @SubscribeMessage('note')
  note(@MessageBody() body: NoteDto): NoteDto {
    return body;
  }

  @SubscribeMessage('echo')
  other(): string {
    return 'another echo';
  }
}

let running: RunningApp;

beforeAll(async () => {
  running = await startApp({ gateways: [EchoGateway, NotesGateway] });
});
afterAll(() => running.close());

const connect = async (path: string): Promise<TestClient> =>
  TestClient.connect(running.url + path, { token: await mintToken() });

it('afterInit() and @WebSocketServer() give the server of the path, with its open connections', async () => {
  const gateway = running.app.get(NotesGateway);
  expect(gateway.server).toBeInstanceOf(Server);
  expect(gateway.given).toBe(gateway.server);
  const [ours, others] = [await connect('/notes'), await connect('/ws')];
  expect(gateway.server.clients.size).toBe(1);
  await ours.close();
  await others.close();
});

it('two gateways may have one event name on different paths, and not on one', async () => {
  const [one, other] = [await connect('/ws'), await connect('/notes')];
  expect((await one.request('echo', { text: 'hi' })).data).toEqual({ text: 'hi' });
  expect((await other.request('echo')).data).toBe('another echo');
  await one.close();
  await other.close();

  @SecureGateway({ path: '/ws' })
  class Second {
    @SubscribeMessage('echo')
    echo(): boolean {
      return true;
    }
  }
  const [problem] = await problemsOf({ gateways: [EchoGateway, Second] });
  expect(problem).toContain('subscribes to "echo" on the same path as EchoGateway.echo');
});

it('control characters are refused unless a property allows them', async () => {
  const client = await connect('/notes');
  expect((await client.request('note', { plain: 'a\tb\r\n', raw: '\u001b[1m' })).event).toBe('note');
  expect((await client.request('note', { plain: 'a\u0000', raw: '' })).data).toMatchObject({
    code: 'VALIDATION_FAILED',
    errors: [{ path: 'plain', constraint: 'characters' }],
  });
  await client.close();
});

it('a message before a protocol error is handled, and its answer is sent if it is ready', async () => {
  const before = EchoGateway.calls;
  const connection = await RawConnection.open({
    url: running.url.replace('ws', 'http'),
    token: await mintToken(),
  });
  const message = text(JSON.stringify({ event: 'echo', data: { text: 'hi' }, id: 1 }));
  connection.write(Buffer.concat([message, frame({ opcode: 3, payload: 'reserved' })]));
  await connection.until(() => connection.closing !== undefined, 'a close frame');
  expect(connection.closing?.readUInt16BE()).toBe(1002);
  await eventually(async () => expect(EchoGateway.calls).toBe(before + 1));
  expect(connection.messages.map((message) => JSON.parse(message) as unknown)).toEqual([
    { event: 'echo', data: { text: 'hi' }, id: 1 },
  ]);
  connection.destroy();
});

it('with WS_REJECT_WITH=close, a refused client is open for a moment and then closed with the code', async () => {
  const closing = await startApp({ gateways: [EchoGateway], options: { rejectWith: 'close' } });
  const client = new WsClient({ url: `${closing.url}/ws`, token: 'wrong', WebSocket });
  const seen: string[] = [];
  const closed = new Promise<void>((resolve) => {
    client.on('status', ({ state, code }) => {
      seen.push(`${state} ${code}`);
      if (state === 'closed') resolve();
    });
  });
  await client.connect();
  await closed;
  expect(seen).toEqual(['connecting null', 'open null', 'closed 4401']);
  await closing.close();
});

describeWithChromium('Chromium', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launchChromium();
  }, PAGE_TEST_MS);
  afterAll(() => browser.close());

  it(
    'gives up a connection that offers only a credential as its subprotocol, with 1006',
    async () => {
      const page = await browser.newPage();
      // A page of the service's own origin.
      await page.goto(`${running.url.replace('ws', 'http')}/nothing`);
      const outcomeOf = (protocols: string[]) =>
        page.evaluate(
          `new Promise((resolve) => {
            const socket = new WebSocket(${JSON.stringify(`${running.url}/ws`)}, ${JSON.stringify(protocols)});
            socket.onopen = () => resolve('open ' + socket.protocol);
            socket.onclose = ({ code }) => resolve(code);
          })`,
        );
      const bearer = `bearer.${await mintToken()}`;
      expect(await outcomeOf([bearer])).toBe(1006);
      expect(await outcomeOf(['chat', bearer])).toBe('open chat');
      await page.close();
    },
    PAGE_TEST_MS,
  );
});
