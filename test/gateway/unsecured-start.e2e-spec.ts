import { Injectable, Module, Scope, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { SubscribeMessage, WebSocketGateway } from '@nestjs/websockets';
import { SecureGateway, WsCost, WsRoles, WsSecurityModule } from 'nestjs-ws-security';
import { EchoGateway } from '../support/echo.gateway.js';
import { LegacyGateway, SecondGateway } from '../support/legacy.gateways.js';
import { problemsOf } from '../support/problems-of.js';
import { startApp } from '../support/start-app.js';
import { TestClient } from '../support/test-client.js';
import { mintToken, SECRET } from '../support/tokens.js';

const problemsWith = (gateways: Type[], unsecured: unknown = gateways): Promise<string[]> =>
  problemsOf({ gateways, module: { unsecured: unsecured as Type[] } });

const gateway = (options: object, port = 0): Type => {
  @WebSocketGateway(port, options)
  class Legacy {}
  return Legacy;
};

/** The warnings of a start. */
async function warningsOf(gateways: Type[], unsecured: Type[]): Promise<unknown[]> {
  @Module({ imports: [WsSecurityModule.forRoot({ jwtSecret: SECRET, unsecured })], providers: gateways })
  class AppModule {}

  const warnings: unknown[] = [];
  const nothing = (): void => undefined;
  const logger = { log: nothing, error: nothing, warn: (text: unknown) => warnings.push(text) };
  const app = await NestFactory.create(AppModule, { logger });
  await app.listen(0, '127.0.0.1');
  await app.close();
  return warnings;
}

/** Runs with variables of the environment. */
async function withEnvironment<T>(variables: Record<string, string>, run: () => Promise<T>): Promise<T> {
  const before = { ...process.env };
  Object.assign(process.env, variables);
  try {
    return await run();
  } finally {
    for (const name of Object.keys(variables)) delete process.env[name];
    Object.assign(process.env, before);
  }
}

describe('the start with unsecured gateways', () => {
  it('needs no other change, and serves them beside secured ones', async () => {
    const running = await startApp({
      gateways: [LegacyGateway, EchoGateway],
      module: { unsecured: [LegacyGateway] },
    });
    const legacy = await TestClient.connect(`${running.url}/legacy`);
    legacy.send({ event: 'response', data: 1 });
    expect(await legacy.next()).toEqual({ event: 'response', data: 1 });
    await expect(TestClient.connect(`${running.url}/ws`)).rejects.toThrow('401');
    const secured = await TestClient.connect(`${running.url}/ws`, { token: await mintToken() });
    expect(await secured.request('echo', { text: 'hi' })).toMatchObject({ data: { text: 'hi' } });
    await legacy.close();
    await secured.close();
    await running.close();
  });

  it('works with forRootAsync, and needs no verifier if no gateway is secured', async () => {
    @Module({
      imports: [WsSecurityModule.forRootAsync({ unsecured: [LegacyGateway], useFactory: () => ({}) })],
      providers: [LegacyGateway],
    })
    class AppModule {}

    const app = await NestFactory.create(AppModule, { logger: false });
    await app.listen(0, '127.0.0.1');
    const client = await TestClient.connect(`${(await app.getUrl()).replace('http', 'ws')}/legacy`);
    client.send({ event: 'response', data: 1 });
    expect(await client.next()).toEqual({ event: 'response', data: 1 });
    await client.close();
    await app.close();
  });

  it('warns each time, with the names', async () => {
    const gateways = [LegacyGateway, SecondGateway, EchoGateway];
    for (let start = 0; start < 2; start++) {
      expect(await warningsOf(gateways, [LegacyGateway, SecondGateway])).toEqual([
        expect.stringMatching(/^LegacyGateway, SecondGateway are unsecured: /),
      ]);
    }
    expect(await warningsOf([LegacyGateway], [LegacyGateway])).toEqual([
      expect.stringMatching(/^LegacyGateway is unsecured: .*remove it from forRoot/),
    ]);
    expect(await warningsOf([EchoGateway], [])).toEqual([]);
  });

  it('C2 is refused in production, unless WS_ALLOW_UNSECURED is true', async () => {
    const start = (): Promise<string[]> =>
      problemsOf({
        gateways: [LegacyGateway],
        options: { trustedProxies: ['127.0.0.1'], jwtSecret: SECRET, jwtIssuer: 'us', jwtAudience: 'us' },
        module: { unsecured: [LegacyGateway] },
      });
    const refused = [
      'WS_ALLOW_UNSECURED: must be true in production, because forRoot({ unsecured }) names LegacyGateway; ' +
        'or secure the gateways with @SecureGateway({ path: ... })',
    ];
    const production = { NODE_ENV: 'production' };
    expect(await withEnvironment(production, start)).toEqual(refused);
    expect(await withEnvironment({ ...production, WS_ALLOW_UNSECURED: 'false' }, start)).toEqual(refused);
    expect(await withEnvironment({ ...production, WS_ALLOW_UNSECURED: 'true' }, start)).toEqual([]);
    expect(await start()).toEqual([]);
    const others = await withEnvironment({ ...production, WS_RATE_LIMIT: 'many' }, start);
    expect(others.map((problem) => problem.split(':')[0])).toEqual(['WS_RATE_LIMIT', 'WS_ALLOW_UNSECURED']);
  });

  it('T1 in production needs TLS for them too', async () => {
    const problems = await withEnvironment({ NODE_ENV: 'production', WS_ALLOW_UNSECURED: 'true' }, () =>
      problemsOf({
        gateways: [LegacyGateway],
        options: { jwtIssuer: 'us', jwtAudience: 'us' },
        module: { unsecured: [LegacyGateway] },
      }),
    );
    expect(problems).toEqual([expect.stringMatching(/^WS_TRUSTED_PROXIES: must name the proxy/)]);
  });

  it('still refuses a gateway that is in no list', async () => {
    expect(await problemsWith([LegacyGateway, SecondGateway], [LegacyGateway])).toEqual([
      expect.stringMatching(/^SecondGateway: is not protected.*forRoot\(\{ unsecured \}\)/),
    ]);
  });

  it('C6 refuses a list that names anything but unsecured gateways of the application', async () => {
    class Plain {}

    @SecureGateway({ path: '/base' })
    class Base {}

    @WebSocketGateway({ path: '/sub' })
    class Sub extends Base {}

    expect(await problemsWith([EchoGateway], [Plain, SecondGateway, EchoGateway])).toEqual([
      'WsSecurityModule: names Plain in unsecured, which is not a gateway; name classes with @WebSocketGateway()',
      'WsSecurityModule: names SecondGateway in unsecured, but no module provides it; remove it from the list',
      'WsSecurityModule: names EchoGateway in unsecured, which has @SecureGateway(), or extends a class that has it; ' +
        'remove it from the list',
    ]);
    expect(await problemsWith([Sub])).toEqual([expect.stringMatching(/names Sub in unsecured, which has/)]);
    for (const wrong of ['LegacyGateway', [undefined], [{ path: '/' }], LegacyGateway])
      expect(await problemsWith([EchoGateway], wrong)).toEqual([
        'WsSecurityModule: must have a list of classes as unsecured',
      ]);
  });

  it('C6 refuses a list that useFactory returns', async () => {
    const problems = await problemsOf({
      gateways: [EchoGateway],
      options: { unsecured: [EchoGateway] } as object,
    });
    expect(problems).toEqual([expect.stringMatching(/^unsecured: .*write it beside useFactory/)]);
  });

  it('C6 refuses options that would have no effect', async () => {
    const cases: [options: object, problem: RegExp][] = [
      [{ maxPayload: 10 }, /"maxPayload", which has no effect here; set WS_MAX_PAYLOAD_BYTES/],
      [{ perMessageDeflate: true }, /set WS_COMPRESSION/],
      [{ cors: true }, /set WS_ALLOWED_ORIGINS/],
      [{ namespace: 'chat' }, /give each gateway its own path/],
      [{ clientTracking: false }, /"clientTracking".*the options are path, verifyClient, handleProtocols/],
      [{ pathh: '/x' }, /did you mean "path"\?/],
      [{ verifyClient: true }, /must have a function as "verifyClient"/],
      [{ path: /chat/ }, /must have a string as its path/],
      [{ path: '/:room' }, /has no parameters or wildcards/],
    ];
    for (const [options, problem] of cases) {
      expect(await problemsWith([gateway(options)])).toEqual([expect.stringMatching(problem)]);
    }
    expect(await problemsWith([gateway({ path: '/fine', maxPayload: undefined })])).toEqual([]);
  });

  it('C5 refuses gateways that cannot share a path', async () => {
    const verify = (): boolean => true;
    expect(await problemsWith([EchoGateway, gateway({ path: 'ws/' })], [])).toHaveLength(1);
    const cases: [others: Type[], problem: RegExp][] = [
      [
        [gateway({ path: 'ws/' })],
        /shares the path \/ws with EchoGateway, but only one of them is unsecured/,
      ],
      [[gateway({ path: '/a' }), gateway({ path: 'a', verifyClient: verify })], /not its "verifyClient"/],
      [
        [gateway({}, 20001), gateway({ path: '/a' }, 20001)],
        /one of them has no path and would take every path/,
      ],
    ];
    for (const [others, problem] of cases) {
      const problems = await problemsWith([EchoGateway, ...others], others);
      expect(problems).toEqual([expect.stringMatching(problem)]);
    }
  });

  it('serves gateways whose paths mean the same', async () => {
    @WebSocketGateway({ path: 'legacy/' })
    class Other {
      @SubscribeMessage('other')
      other(): string {
        return 'other';
      }
    }
    const gateways = [LegacyGateway, Other];
    const running = await startApp({ gateways, module: { unsecured: gateways } });
    const client = await TestClient.connect(`${running.url}/legacy`);
    client.send({ event: 'promise' });
    expect(await client.next()).toEqual({ event: 'promise', data: null });
    client.send({ event: 'other' });
    expect(await client.next()).toBe('other');
    await client.close();
    await running.close();
  });

  it('C6 Z1 refuses decorators of this module, which nobody would ask', async () => {
    @WsRoles('admin')
    @WebSocketGateway({ path: '/roles' })
    class OnClass {}

    @WebSocketGateway({ path: '/cost' })
    class OnMethod {
      @WsCost(5)
      @SubscribeMessage('expensive')
      expensive(): void {}
    }
    expect(await problemsWith([OnClass, OnMethod])).toEqual(
      ['OnClass', 'OnMethod'].map((name) => expect.stringMatching(`^${name}: has decorators of this module`)),
    );
  });

  it('refuses gateways that are not singletons', async () => {
    @Injectable({ scope: Scope.REQUEST })
    class PerRequest {}

    @WebSocketGateway({ path: '/scoped' })
    class Scoped {
      constructor(readonly perRequest: PerRequest) {}
    }
    const problems = await problemsOf({
      gateways: [Scoped],
      providers: [PerRequest],
      module: { unsecured: [Scoped] },
    });
    expect(problems).toEqual([expect.stringMatching(/^Scoped: is not a singleton/)]);
  });
});
