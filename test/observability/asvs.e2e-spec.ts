import { Injectable } from '@nestjs/common';
import { MessageBody, SubscribeMessage } from '@nestjs/websockets';
import { IsString } from 'class-validator';
import {
  ConnectionRegistry,
  RevocationService,
  SecureGateway,
  type SecurityEvent,
  SecurityEventSink,
  type SecurityEventType,
  TokenVerifier,
  WsRoles,
} from 'nestjs-ws-security';
import { ManualClock } from '../support/manual-clock.js';
import { rawHandshake, requestText } from '../support/raw-handshake.js';
import { frame } from '../support/raw-frames.js';
import { until } from '../support/resuming.js';
import { startApp, type RunningApp } from '../support/start-app.js';
import { TestClient } from '../support/test-client.js';
import { mintToken } from '../support/tokens.js';

class TextDto {
  @IsString()
  text!: string;
}

@SecureGateway({ path: '/ws' })
class ChatGateway {
  @SubscribeMessage('say')
  say(@MessageBody() body: TextDto): TextDto {
    return body;
  }

  @WsRoles('admin')
  @SubscribeMessage('close')
  close(): boolean {
    return true;
  }

  @SubscribeMessage('fail')
  fail(): never {
    throw new RangeError('out of range');
  }
}

@Injectable()
class Log extends SecurityEventSink {
  static lines: SecurityEvent[] = [];

  override write(event: SecurityEvent): void {
    Log.lines.push(event);
  }
}

/** A provider that can be taken away. */
@Injectable()
class Down extends TokenVerifier {
  override verify(): Promise<never> {
    return Promise.reject(new TypeError('no answer'));
  }
}

let clock: ManualClock;
let running: RunningApp;

async function start(isDown = false): Promise<void> {
  clock = new ManualClock();
  Log.lines = [];
  const down = { provide: TokenVerifier, useClass: Down };
  running = await startApp({
    gateways: [ChatGateway],
    clock,
    options: {
      logSecurityEvents: true,
      serviceName: 'chat',
      nodeId: 'chat-1',
      rateLimit: 3,
      rateTtlMs: 60_000,
      heartbeatIntervalMs: 86_400_000,
      ...(isDown && { jwtSecret: undefined }),
    },
    module: { providers: [{ provide: SecurityEventSink, useClass: Log }, ...(isDown ? [down] : [])] },
  });
}

beforeEach(() => start());
afterEach(() => running.close());

const attempt = (headers: Record<string, string>) => rawHandshake(running.port, requestText('/ws', headers));
const connect = async (claims: object = {}): Promise<TestClient> =>
  TestClient.connect(`${running.url}/ws`, {
    token: await mintToken({ sub: 'alice', sid: 'phone', ...claims }),
  });

const WHEN = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

/** The last event of a type. It says when and where, on which node, and how it ended (V16.2.1). */
async function written(type: SecurityEventType): Promise<SecurityEvent> {
  const find = (): SecurityEvent | undefined => Log.lines.findLast((line) => line.type === type);
  await until(() => find() !== undefined);
  const event = find() as SecurityEvent;
  expect(event).toMatchObject({
    time: expect.stringMatching(WHEN) as string,
    'service.name': 'chat',
    'service.instance.id': 'chat-1',
    owasp: expect.stringMatching(/^[a-z_0-9]+$/) as string,
  });
  return event;
}

const WHERE = { 'client.address': '127.0.0.1', 'url.path': '/ws' };
const ALICE = { 'user.id': 'alice', session: expect.stringMatching(/^[0-9a-f]{12}$/) as string };

describe('L1 L7 V16.3.1 all authentication operations are logged, with the kind of authentication', () => {
  it('successful ones', async () => {
    const client = await connect();
    expect(await written('connection.accepted')).toMatchObject({
      ...WHERE,
      ...ALICE,
      outcome: 'success',
      owasp: 'authn_login_success',
      'auth.source': 'header',
      'auth.kind': 'bearer',
    });
    await client.request('auth', { token: await mintToken({ sub: 'alice', sid: 'phone' }) });
    expect(await written('connection.refreshed')).toMatchObject({
      ...WHERE,
      ...ALICE,
      'auth.source': 'message',
    });
    await client.close();
    expect(await written('connection.closed')).toMatchObject({ ...WHERE, ...ALICE, 'close.cause': 'client' });
  });

  it('unsuccessful ones, with the check that failed', async () => {
    await attempt({ Authorization: 'Bearer canary' });
    expect(await written('handshake.refused')).toMatchObject({
      ...WHERE,
      outcome: 'failure',
      owasp: 'authn_login_fail',
      check: 'malformed',
      'auth.source': 'header',
    });
    const client = await connect();
    await client.request('auth', { token: 'canary' });
    expect(await written('authentication.refused')).toMatchObject({
      ...WHERE,
      ...ALICE,
      outcome: 'failure',
      'auth.source': 'message',
    });
    await client.close();
  });

  it('the end of a session by a logout, and by expiry', async () => {
    const client = await connect();
    await running.app.get(RevocationService).revokeSession('phone');
    await client.closed;
    expect(await written('revocation.set')).toMatchObject({
      owasp: 'authn_token_revoked',
      counts: { connections: 1 },
    });
    expect(await written('connection.closed')).toMatchObject({ ...ALICE, owasp: 'session_logout' });
    Log.lines = [];
    const other = await TestClient.connect(`${running.url}/ws`, {
      token: await mintToken({ sub: 'alice' }, { now: clock.now(), expiresIn: 60 }),
    });
    clock.advance(61_000);
    await other.closed;
    expect(await written('connection.closed')).toMatchObject({
      'user.id': 'alice',
      owasp: 'session_expired',
    });
  });
});

describe('L1 L7 V16.3.2 failed authorization attempts are logged', () => {
  it('with the user, the event and the missing right', async () => {
    const client = await connect();
    await client.request('close');
    expect(await written('authorization.refused')).toMatchObject({
      ...WHERE,
      ...ALICE,
      outcome: 'failure',
      owasp: 'authz_fail',
      event: 'close',
      rule: 'role admin',
    });
    await client.close();
  });

  it('and changed rights', async () => {
    const client = await connect();
    await running.app.get(ConnectionRegistry).changeRights('alice', null, { roles: ['admin'], scopes: [] });
    expect(await written('principal.changed')).toMatchObject({
      ...WHERE,
      ...ALICE,
      owasp: 'authz_change',
      'roles.from': ['user'],
      'roles.to': ['admin'],
    });
    await client.close();
  });
});

describe('L1 L7 V16.3.3 attempts to bypass the controls are logged', () => {
  it('input validation', async () => {
    const client = await connect();
    await client.request('say', { text: 1 });
    expect(await written('validation.refused')).toMatchObject({
      ...WHERE,
      ...ALICE,
      owasp: 'input_validation_fail',
      event: 'say',
      fields: ['text'],
    });
    await client.close();
  });

  it('rate limits', async () => {
    const client = await connect();
    for (let i = 0; i < 4; i++) await client.request('say', { text: 'a' });
    expect(await written('throttle.exceeded')).toMatchObject({
      ...WHERE,
      ...ALICE,
      owasp: 'excess_rate_limit_exceeded',
      throttler: 'default',
      limit: 3,
      ttl_ms: 60_000,
    });
    await client.close();
  });

  it('foreign origins, and frames that break the protocol', async () => {
    await attempt({ Origin: 'https://evil.test' });
    expect(await written('handshake.refused')).toMatchObject({
      ...WHERE,
      owasp: 'malicious_cors',
      origin: 'https://evil.test',
    });
    const client = await connect();
    client.sendRaw(frame({ mask: null, payload: 'x' }));
    await client.closed;
    expect(await written('protocol.violated')).toMatchObject({
      ...WHERE,
      ...ALICE,
      owasp: 'malicious_extraneous',
      'close.code': 1002,
      reason: 'WS_ERR_EXPECTED_MASK',
    });
  });
});

describe('L1 L7 V16.3.4 unexpected errors and failures of controls are logged', () => {
  it('errors in handlers', async () => {
    const client = await connect();
    await client.request('fail');
    expect(await written('handler.failed')).toMatchObject({
      ...WHERE,
      ...ALICE,
      severity: 'error',
      event: 'fail',
      reason: 'RangeError',
    });
    await client.close();
  });

  it('a verifier that cannot be asked', async () => {
    await running.close();
    await start(true);
    await attempt({ Authorization: 'Bearer canary' });
    expect(await written('verifier.unavailable')).toMatchObject({
      severity: 'error',
      owasp: 'sys_monitor_disabled',
      verifier: 'Down',
      reason: 'TypeError',
    });
    expect(await written('handshake.refused')).toMatchObject({
      ...WHERE,
      code: 'AUTH_UNAVAILABLE',
      severity: 'error',
    });
    expect(JSON.stringify(Log.lines)).not.toContain('canary');
  });
});
