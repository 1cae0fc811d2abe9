import { Injectable } from '@nestjs/common';
import { SubscribeMessage } from '@nestjs/websockets';
import { type Handshake, SecureGateway, WsConnectGuard } from 'nestjs-ws-security';
import { eventually } from '../support/eventually.js';
import { Logged } from '../support/logged.js';
import { startApp, type RunningApp } from '../support/start-app.js';
import { TestClient } from '../support/test-client.js';
import { mintToken } from '../support/tokens.js';

/** Holds four things. The two in the middle cannot be released. */
@Injectable()
class HoldingGuard extends WsConnectGuard {
  static released: string[] = [];

  canConnect(handshake: Handshake): boolean {
    const { released } = HoldingGuard;
    handshake.hold(() => released.push('first'));
    handshake.hold(() => {
      throw new Error('the lease is gone');
    });
    // oxlint-disable-next-line typescript/no-misused-promises -- TypeScript lets an application do so
    handshake.hold(() => Promise.reject(new Error('the lease is gone later')));
    handshake.hold(() => released.push('third'));
    return handshake.principal.claims['tenant'] === 'acme';
  }
}

@SecureGateway({ path: '/ws', connectGuards: [HoldingGuard] })
class HeldGateway {
  @SubscribeMessage('echo')
  echo(): string {
    return 'echo';
  }
}

const FAULT = expect.stringMatching('Something that a handshake holds could not be released');

let running: RunningApp;
let logged: Logged;

beforeAll(async () => {
  running = await startApp({
    gateways: [HeldGateway],
    options: { maxConnectionsPerUser: 1, authSources: ['header', 'message'] },
  });
});
beforeEach(() => {
  HoldingGuard.released = [];
  logged = new Logged();
});
afterEach(() => logged.stop());
afterAll(() => running.close());

const url = (): string => `${running.url}/ws`;
const token = (tenant = 'acme'): Promise<string> => mintToken({ tenant });
const areReleased = (): Promise<void> =>
  eventually(async () => expect(HoldingGuard.released).toEqual(['first', 'third']));

describe('a connect guard whose releases throw or reject', () => {
  it('R4 costs a closed connection none of its places', async () => {
    const client = await TestClient.connect(url(), { token: await token() });
    expect(await TestClient.refused(url(), { token: await token() })).toMatchObject({ status: 429 });
    await areReleased();
    HoldingGuard.released.length = 0;
    await client.close();
    await areReleased();
    expect(logged.texts).toEqual([FAULT, FAULT]);
    const next = await eventually(async () => TestClient.connect(url(), { token: await token() }));
    expect(await next.request('echo')).toMatchObject({ data: 'echo' });
    await next.close();
  });

  it('changes no refusal of a handshake', async () => {
    expect(await TestClient.refused(url(), { token: await token('other') })).toMatchObject({ status: 403 });
    await areReleased();
  });

  it('changes no refusal of a login', async () => {
    const client = await TestClient.connect(url());
    expect(await client.request('auth', { token: await token('other') })).toMatchObject({
      data: { code: 'FORBIDDEN' },
    });
    await areReleased();
    expect((await client.closed).code).toBe(4403);
  });
});
