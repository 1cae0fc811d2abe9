import { type CanActivate, Injectable, UseGuards } from '@nestjs/common';
import { SubscribeMessage } from '@nestjs/websockets';
import {
  type Connection,
  SecureGateway,
  WsAuthGuard,
  WsAuthorizationGuard,
  type WsConnectGuard,
  WsThrottlerGuard,
} from 'nestjs-ws-security';
import { startApp, type RunningApp } from '../support/start-app.js';
import { type Frame, TestClient } from '../support/test-client.js';
import { mintToken } from '../support/tokens.js';
import {
  MarkingFilter,
  FilteredGateway,
  HttpThrowingGuard,
  WsThrowingGuard,
  LateAuthorizationGuard,
  LateAuthGuard,
  FieldThrottlerGuard,
  gatewayOf,
  asked,
  AboveGateway,
  PassingInterceptor,
  Slow,
  SlowGateway,
  SlowMethodGateway,
  InterceptedGateway,
} from '../support/enhanced.gateways.js';

let running: RunningApp;

beforeAll(async () => {
  running = await startApp({
    gateways: [
      FilteredGateway,
      gatewayOf('/http', HttpThrowingGuard),
      gatewayOf('/ws', WsThrowingGuard),
      gatewayOf('/late-authorization', LateAuthorizationGuard),
      gatewayOf('/late-auth', LateAuthGuard),
      gatewayOf('/field', FieldThrottlerGuard),
      AboveGateway,
      InterceptedGateway,
      SlowMethodGateway,
    ],
    options: { maxInFlight: 1, strikeLimit: 3 },
  });
});

afterAll(() => running.close());

const connect = async (path: string, sub = 'alice'): Promise<TestClient> =>
  TestClient.connect(running.url + path, { token: await mintToken({ sub }) });

async function answer(path: string, event = 'one', sub = 'alice'): Promise<Frame> {
  const client = await connect(path, sub);
  const frame = await client.request(event);
  await client.close();
  return frame;
}

it('Z2 what a guard refuses is passed to the filters of the handler', async () => {
  MarkingFilter.seen = 0;
  expect(await answer('/filtered')).toMatchObject({ data: { code: 'FORBIDDEN' } });
  expect(MarkingFilter.seen).toBe(1);
});

it('what a guard’s step throws is answered as if a handler had thrown it', async () => {
  expect(await answer('/http')).toMatchObject({ data: { code: 'FORBIDDEN', reason: 'FORBIDDEN' } });
  expect(await answer('/ws')).toMatchObject({
    data: { code: 'REJECTED', message: 'The tenant is suspended.' },
  });
});

it('a guard’s own WsException does not count as a violation', async () => {
  const client = await connect('/ws', 'carol');
  for (let count = 0; count < 4; count++)
    expect(await client.request('often')).toMatchObject({ data: { message: 'The tenant is suspended.' } });
  await client.close();
});

it('Z1 a promise from a synchronous step of a guard is a refusal', async () => {
  expect(await answer('/late-authorization')).toMatchObject({ data: { code: 'FORBIDDEN' } });
  expect(await answer('/late-auth')).toMatchObject({ data: { code: 'UNAUTHENTICATED' } });
});

it('R2 a throttler of one gateway is constructed, and its steps may be fields', async () => {
  expect(await answer('/field', 'one', 'alice')).toMatchObject({ data: true });
  expect(await answer('/field', 'one', 'bob')).toMatchObject({ data: { code: 'RATE_LIMITED' } });
});

it('guards and filters of the application run after our guards and before our filter, above and below @SecureGateway', async () => {
  expect(await answer('/above', 'guarded')).toMatchObject({ data: true });
  expect(asked).toEqual(['named', 'bound']);
  const client = await connect('/above');
  client.send({ event: 'refuses' });
  expect(await client.next()).toEqual({ event: 'refused', data: null });
  await client.close();
});

it('Z1 guards run one after another, and stop after a refusal', async () => {
  const turns: string[] = [];
  const guardOf = (name: string, passes: boolean): new () => CanActivate & WsConnectGuard => {
    const answerLate = async (): Promise<boolean> => {
      turns.push(`${name} asked`);
      await new Promise((resolve) => setImmediate(resolve));
      turns.push(`${name} answers`);
      return passes;
    };
    return class {
      canActivate = answerLate;
      canConnect = answerLate;
    };
  };

  @Injectable()
  class Auth extends WsAuthGuard {
    protected override isAuthenticated(connection: Connection): boolean {
      turns.push('authentication');
      return super.isAuthenticated(connection) && connection.principal.id !== 'mallory';
    }
  }

  @Injectable()
  class Throttler extends WsThrottlerGuard {
    protected override async limitOf(_connection: Connection, limit: number): Promise<number> {
      await new Promise((resolve) => setImmediate(resolve));
      turns.push('throttler');
      return limit;
    }
  }

  @Injectable()
  class Authorization extends WsAuthorizationGuard {
    protected override isAllowed(): boolean {
      turns.push('authorization');
      return true;
    }
  }

  @UseGuards(guardOf('bound', true))
  @SecureGateway({
    path: '/turns',
    guards: [Authorization, guardOf('second', false), guardOf('third', true), Throttler, Auth],
    connectGuards: [guardOf('second', true)],
  })
  class Turns {
    @SubscribeMessage('one')
    one(): boolean {
      return true;
    }
  }

  @SecureGateway({ path: '/closed', connectGuards: [guardOf('second', false), guardOf('third', true)] })
  class Closed {}

  const app = await startApp({
    gateways: [Turns, Closed],
    connectGuards: [guardOf('first', true)],
    module: { guards: [guardOf('first', true)] },
  });
  const token = await mintToken({ sub: 'alice' });
  const both = ['first asked', 'first answers', 'second asked', 'second answers'];
  await expect(TestClient.connect(`${app.url}/closed`, { token })).rejects.toThrow('403');
  expect(turns.splice(0)).toEqual(both);
  const client = await TestClient.connect(`${app.url}/turns`, { token });
  expect(turns.splice(0)).toEqual(both);
  expect(await client.request('one')).toMatchObject({ data: { code: 'FORBIDDEN' } });
  expect(turns.splice(0)).toEqual(['authentication', 'throttler', 'authorization', ...both]);
  const other = await TestClient.connect(`${app.url}/turns`, { token: await mintToken({ sub: 'mallory' }) });
  turns.length = 0;
  expect(await other.request('one')).toMatchObject({ data: { code: 'UNAUTHENTICATED' } });
  expect(turns).toEqual(['authentication']);
  await client.close();
  await other.close();
  await app.close();
});

async function expectOneAfterTheOther(url: string): Promise<void> {
  Slow.most = 0;
  const client = await TestClient.connect(url, { token: await mintToken() });
  for (let id = 0; id < 20; id++) client.send({ event: 'slow', id });
  const answers = await Promise.all(Array.from({ length: 20 }, () => client.next()));
  expect(answers.map(({ id }) => id)).toEqual(Array.from({ length: 20 }, (_, id) => id));
  expect(Slow.most).toBe(1);
  await client.close();
}

it.each(['/intercepted', '/slow-method'])(
  'R9 handlers behind interceptors hold their place until they have answered: %s',
  (path) => expectOneAfterTheOther(running.url + path),
);

it('R9 handlers behind global interceptors hold their place too', async () => {
  const app = await startApp({
    gateways: [SlowGateway],
    options: { maxInFlight: 1 },
    beforeInit: (application) => void application.useGlobalInterceptors(new PassingInterceptor()),
  });
  try {
    await expectOneAfterTheOther(`${app.url}/slow`);
  } finally {
    await app.close();
  }
});

it('I1 a refusal by a handler behind interceptors counts as a violation', async () => {
  const client = await connect('/intercepted');
  for (let id = 0; id < 3; id++) client.send({ event: 'forbids', id });
  expect((await client.closed).code).toBe(4429);
});
