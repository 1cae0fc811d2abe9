import type { IncomingMessage } from 'node:http';
import { jest } from '@jest/globals';
import { EchoGateway } from '../support/echo.gateway.js';
import { Queue, serve, session, useProtocolServers } from '../support/protocol-server.js';
import { inReactNative, URLS } from '../support/react-native.js';
import { startApp, type RunningApp } from '../support/start-app.js';
import { mintToken } from '../support/tokens.js';

const VERSIONS = ['early', 'late'] as const;

describe.each(VERSIONS)('with the URL of React Native (%s)', (version) => {
  let running: RunningApp;
  const { WsClient, ConnectError } = inReactNative(version);

  beforeEach(async () => {
    running = await startApp({ gateways: [EchoGateway] });
  });
  afterEach(() => running.close());

  it.each([
    ['text', (url: string) => url],
    ['a URL', (url: string) => new URLS[version](url) as unknown as URL],
    ['http:', (url: string) => url.replace('ws:', 'http:')],
    ['a fragment', (url: string) => `${url}#top`],
    ['a query', (url: string) => `${url}?room=1`],
  ])('K3 connects to a server that knows only the exact path, given %s', async (kind, given) => {
    // Early versions add a slash to a URL object, before the client sees it.
    const path = kind === 'a URL' && version === 'early' ? '/ws?' : '/ws';
    const client = new WsClient({ url: given(`${running.url}${path}`), token: () => mintToken() });
    await client.connect();
    expect(await client.request('echo', { text: 'hi' })).toEqual({ text: 'hi' });
    client.close('ö'.repeat(100));
    expect(client.status).toMatchObject({ state: 'closed', code: 1000 });
  });

  it('K3 sends a ticket in the query', async () => {
    const tickets = new Queue<string>();
    const server = await serve({
      verifyClient: ({ req }: { req: IncomingMessage }) => {
        tickets.push(req.url ?? '');
        return true;
      },
    });
    const client = new WsClient({ url: `${server.url}?room=1`, ticket: () => 't/1' });
    await client.connect();
    expect(await tickets.next()).toBe('/ws?room=1&ticket=t%2F1');
    client.close();
    server.stop();
  });

  it('K3 refuses what is no WebSocket URL, and reports what the runtime refuses', async () => {
    expect(() => new WsClient({ url: 'ftp://example.com/ws' })).toThrow(/^url: got ftp:/);
    expect(() => new WsClient({ url: '/ws' })).toThrow(/^url: got /);
    const client = new WsClient({ url: `${running.url}/ws`, token: 'not a protocol entry' });
    const error: unknown = await client.connect().catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(ConnectError);
    expect(error).toMatchObject({ code: null, reason: 'No socket: SyntaxError' });
  });
});

describe('a silent server', () => {
  useProtocolServers();

  it('S5 is left with a code that keeps the session, although close() sends 1000 there', async () => {
    const server = await serve();
    const { WsClient } = inReactNative('late');
    const client = new WsClient({ url: server.url });
    const sessions = new Queue<unknown>();
    client.on('session', (body) => sessions.push(body));
    await client.connect();
    const peer = await server.peers.next();
    peer.send(session({ heartbeatMs: 1000 }));
    await sessions.next();
    jest.advanceTimersByTime(1000);
    expect(await peer.frames.next()).toEqual({ event: 'ping' });
    jest.advanceTimersByTime(1000);
    expect(client.status).toMatchObject({ state: 'waiting', code: 1006, reason: 'Silence' });
    expect((await peer.closed).code).toBe(3008);
    client.close();
  });
});
