import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { JwtModule } from '@nestjs/jwt';
import { startTestApp, type TestApp } from 'nestjs-ws-security/testing';
import { WebSocket } from 'ws';
import { ChatClient } from '../../docs/examples/migration/chat.client.js';
import { Chat, type ChatMessage } from '../../docs/examples/migration/chat.service.js';
import { SecuredChatGateway } from '../../docs/examples/migration/secured-chat.gateway.js';
import { SocketIoChatGateway } from '../../docs/examples/migration/socket-io-chat.gateway.js';
import { SocketIoChatServer } from '../../docs/examples/migration/socket-io-chat.server.js';
import { SocketIoAdapter } from '../support/socket-io.adapter.js';
import { SocketIoClient } from '../support/socket-io-client.js';
import { TestClient } from '../support/test-client.js';
import { mintToken, SECRET } from '../support/tokens.js';

const HELLO = { room: 'lobby', text: 'hello', from: 'ann' };

/** A client of the new gateway that has joined the lobby, and what it was told. */
async function newClient(
  url: string,
  sub: string,
): Promise<{ client: ChatClient; next(): Promise<unknown> }> {
  const token = await mintToken({ sub });
  const told: ChatMessage[] = [];
  let wake: () => void = () => undefined;
  const client = await new Promise<ChatClient>((resolve) => {
    const made: ChatClient = new ChatClient(
      { url: `${url}/chat`, token, WebSocket },
      'lobby',
      (message) => {
        told.push(message);
        wake();
      },
      () => resolve(made),
    );
  });
  return {
    client,
    async next() {
      while (told.length === 0) await new Promise<void>((resolve) => (wake = resolve));
      return told.shift();
    },
  };
}

async function oldClient(url: string, sub: string): Promise<SocketIoClient> {
  const client = await SocketIoClient.connect(url, await mintToken({ sub }));
  expect(await client.emit('join', { room: 'lobby' })).toEqual({ joined: 'lobby' });
  return client;
}

/** Two clients of Socket.IO talk in a room. */
async function expectOldChat(url: string): Promise<void> {
  const [ann, ben] = [await oldClient(url, 'ann'), await oldClient(url, 'ben')];
  expect(await ann.emit('say', { room: 'lobby', text: 'hello' })).toEqual(HELLO);
  expect([await ann.next(), await ben.next()]).toEqual([
    ['said', HELLO],
    ['said', HELLO],
  ]);
  await ann.close();
  await ben.close();
}

it('from Socket.IO: before the move, clients of Socket.IO talk', async () => {
  @Module({ imports: [JwtModule.register({ secret: SECRET })], providers: [SocketIoChatGateway] })
  class BeforeModule {}

  const app = await NestFactory.create(BeforeModule, { logger: false, forceCloseConnections: true });
  app.useWebSocketAdapter(new SocketIoAdapter(app));
  await app.listen(0, '127.0.0.1');
  await expectOldChat((await app.getUrl()).replace('http', 'ws'));
  await app.close();
});

describe('from Socket.IO: side by side on one HTTP server', () => {
  let running: TestApp;

  beforeEach(async () => {
    running = await startTestApp({
      gateways: [SecuredChatGateway],
      providers: [Chat, SocketIoChatServer],
      options: { jwtSecret: SECRET, authFailureLimit: 2 },
      logger: false,
    });
  });
  afterEach(() => running.close());

  it('clients of Socket.IO talk as before', async () => {
    await expectOldChat(running.url);
  });

  it('both kinds of clients share their rooms', async () => {
    const ann = await newClient(running.url, 'ann');
    const ben = await oldClient(running.url, 'ben');
    expect(await ann.client.say('hello')).toEqual(HELLO);
    expect([await ann.next(), await ben.next()]).toEqual([HELLO, ['said', HELLO]]);
    const answer = { room: 'lobby', text: 'hi', from: 'ben' };
    expect(await ben.emit('say', { room: 'lobby', text: 'hi' })).toEqual(answer);
    expect([await ann.next(), await ben.next()]).toEqual([answer, ['said', answer]]);
    ann.client.close();
    await ben.close();
  });

  it('wrong tokens are refused on both, and counted together', async () => {
    for (let i = 0; i < 2; i++)
      await expect(SocketIoClient.connect(running.url, 'wrong')).rejects.toThrow('unauthorized');
    expect((await TestClient.refused(`${running.url}/chat`, { token: 'wrong' })).status).toBe(429);
  });

  it('a body of Socket.IO is validated like those of the gateway', async () => {
    const ann = await oldClient(running.url, 'ann');
    for (const body of [
      null,
      'lobby',
      { room: '' },
      { room: 'lobby', text: 'x', more: 1 },
      { room: 'lobby' },
    ])
      expect(await ann.emit('say', body)).toEqual({ error: 'refused' });
    await ann.close();
  });

  it('a shutdown ends both', async () => {
    const ann = await newClient(running.url, 'ann');
    const ben = await oldClient(running.url, 'ben');
    await running.close();
    await ben.closed;
    ann.client.close();
  });
});

it('from Socket.IO: after the move, only the gateway is left', async () => {
  const running = await startTestApp({
    gateways: [SecuredChatGateway],
    providers: [Chat],
    options: { jwtSecret: SECRET },
    logger: false,
  });
  const [ann, ben] = [await newClient(running.url, 'ann'), await newClient(running.url, 'ben')];
  expect(await ann.client.say('hello')).toEqual(HELLO);
  expect([await ann.next(), await ben.next()]).toEqual([HELLO, HELLO]);
  await expect(SocketIoClient.connect(running.url, await mintToken())).rejects.toThrow('closed');
  ann.client.close();
  ben.client.close();
  await running.close();
});
