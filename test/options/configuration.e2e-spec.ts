import { WsAdapter } from '../support/foreign.adapter.js';
import { Injectable, Scope, UseGuards, UsePipes } from '@nestjs/common';
import { MessageBody, SubscribeMessage, WebSocketGateway } from '@nestjs/websockets';
import { SecureGateway, WsAuthorizationGuard, WsConfigurationError, WsRoles } from 'nestjs-ws-security';
import { certificate } from '../support/certificate.js';
import { EchoGateway, PublicGateway } from '../support/echo.gateway.js';
import { problemsOf } from '../support/problems-of.js';
import { startApp } from '../support/start-app.js';
import { TestClient } from '../support/test-client.js';
import { mintToken } from '../support/tokens.js';
import {
  UnprotectedGateway,
  UncheckedBodies,
  HalfCheckedBodies,
  CheckedBodies,
  ReservedEvents,
  ConflictingGateway,
  PerRequest,
  ScopedGateway,
  Secured,
  OtherPath,
  OtherPort,
  SamePath,
  Unreachable,
  ScopedGuard,
  DependentGuard,
  ScopedConnectGuard,
  TransientGuard,
  TransientPipe,
  OneAuthorization,
  OtherAuthorization,
} from '../support/misconfigured.gateways.js';

const UNNAMED = 'subscribes to an invalid event; use a string of 1 to 128 Unicode characters';

describe('the start of the application', () => {
  it('fails when a gateway is not secured', async () => {
    const [problem] = await problemsOf({ gateways: [EchoGateway, UnprotectedGateway] });
    expect(problem).toMatch(
      /^UnprotectedGateway: is not protected; replace @WebSocketGateway.*@SecureGateway/,
    );
  });

  it('fails when another adapter has replaced ours', async () => {
    const [problem] = await problemsOf({
      gateways: [EchoGateway],
      beforeInit: (app) => app.useWebSocketAdapter(new WsAdapter(app)),
    });
    expect(problem).toMatch(/^WsSecurityModule: was replaced by another WebSocket adapter \(WsAdapter\)/);
  });

  it('refuses an adapter that would replace ours later, and keeps ours', async () => {
    const running = await startApp({ gateways: [EchoGateway] });
    expect(() => running.app.useWebSocketAdapter(new WsAdapter(running.app))).toThrow(WsConfigurationError);
    const client = await TestClient.connect(`${running.url}/ws`, { token: await mintToken() });
    client.send({ event: 'echo', data: { text: 'hi' }, more: 1 });
    expect(await client.next()).toMatchObject({ event: 'exception', data: { code: 'BAD_MESSAGE' } });
    await client.close();
    await running.close();
  });

  it.each([OtherPath, OtherPort])(
    'C5 fails when %p sends the clients of a secured gateway elsewhere',
    async (gateway) => {
      const [problem] = await problemsOf({ gateways: [gateway] });
      expect(problem).toMatch(new RegExp(`^${gateway.name}: is not protected`));
    },
  );

  it('Z2 fails when instances have another class than the decorated one, which holds the roles', async () => {
    const Proxied: ClassDecorator = (target) => new Proxy(target, {});

    @WsRoles('admin')
    @SecureGateway({ path: '/proxied' })
    @Proxied
    class Shadow extends Secured {}

    @SecureGateway({ path: '/returned' })
    class Returned extends Secured {
      constructor() {
        super();
        return Object.create(null, {
          constructor: { value: Object },
          hello: { value: () => true },
        }) as Returned;
      }
    }
    expect(await problemsOf({ gateways: [Shadow, Returned] })).toEqual([
      expect.stringMatching(/^Shadow: has instances of another class/),
      expect.stringMatching(/^Returned: has instances of another class/),
    ]);
  });

  it('N1 Z2 protects a gateway with both decorators, on one class or on a parent class', async () => {
    @WebSocketGateway({ path: '/above' })
    @SecureGateway({ path: '/above' })
    class Above {
      @WsRoles('admin')
      @SubscribeMessage('hello')
      hello(): boolean {
        return true;
      }
    }

    @SecureGateway({ path: '/below' })
    @WebSocketGateway({ path: '/open' })
    class Below extends Above {}

    @WebSocketGateway({ path: '/open' })
    class Open {
      @WsRoles('admin')
      @SubscribeMessage('hello')
      hello(): boolean {
        return true;
      }
    }

    @SecureGateway({ path: '/over' })
    class Over extends Open {}

    @WebSocketGateway({ path: '/below' })
    class Under extends Below {}

    const token = await mintToken({ roles: ['user'] });
    for (const [path, gateway] of [
      ['/above', Above],
      ['/below', Below],
      ['/over', Over],
      ['/below', Under],
    ] as const) {
      const running = await startApp({ gateways: [gateway] });
      await expect(TestClient.connect(running.url + path)).rejects.toThrow('401');
      await expect(TestClient.connect(`${running.url}/open`, { token })).rejects.toThrow('404');
      const client = await TestClient.connect(running.url + path, { token });
      expect(await client.request('hello')).toMatchObject({ data: { code: 'FORBIDDEN' } });
      await client.close();
      await running.close();
    }
  });

  it('allows a class to extend a secured gateway', async () => {
    expect(await problemsOf({ gateways: [SamePath] })).toEqual([]);
  });

  it('fails when a handler subscribes to an event that no frame can name', async () => {
    const problems = await problemsOf({ gateways: [Unreachable] });
    expect(problems).toEqual(
      ['empty', 'long', 'surrogate', 'pattern'].map((method) => `Unreachable.${method}: ${UNNAMED}`),
    );
  });

  it.each(['/ws?v=1', '/ws#a', '/w s', '/größe', '/a/../ws', '/%2e/ws', '/"ws', '/ws\\', '/ws\n'])(
    'fails when no request can have the path %p',
    async (path) => {
      @SecureGateway({ path })
      class Nowhere {}
      const [problem] = await problemsOf({ gateways: [Nowhere] });
      expect(problem).toContain(`Nowhere: has the path ${JSON.stringify(path)}, which no request can have`);
    },
  );

  it('fails when two handlers of a path subscribe to one event, in one gateway or in two', async () => {
    @SecureGateway({ path: '/ws' })
    class Twice {
      @SubscribeMessage('one')
      first(): boolean {
        return true;
      }

      @SubscribeMessage('one')
      second(): boolean {
        return true;
      }
    }

    @SecureGateway({ path: '/ws' })
    class Other extends Secured {}

    @SecureGateway({ path: '/other' })
    class Elsewhere extends Secured {}

    const problems = await problemsOf({ gateways: [Twice, Secured, Other, Elsewhere] });
    const rest = 'and only one would be called; choose another name';
    expect(problems).toEqual([
      `Twice.second: subscribes to "one" on the same path as Twice.first, ${rest}`,
      `Other.hello: subscribes to "hello" on the same path as Secured.hello, ${rest}`,
    ]);
  });

  it('fails when a gateway is provided twice', async () => {
    const gateways = [Secured, { provide: 'ALSO', useClass: Secured }];
    const [problem] = await problemsOf({ gateways });
    expect(problem).toMatch(/hello: .*only one would be called/);
  });

  it('fails when a handler is in a place where Nest does not look', async () => {
    const symbol = Symbol('hidden');

    class Base {
      @SubscribeMessage('shared')
      static shared(this: void): boolean {
        return true;
      }
    }

    @SecureGateway({ path: '/ws' })
    class Hidden extends Base {
      @SubscribeMessage('hidden')
      [symbol](): boolean {
        return true;
      }
    }
    expect(await problemsOf({ gateways: [Hidden] })).toEqual([
      expect.stringMatching(/^Hidden\.shared: is not a handler for Nest/),
      expect.stringMatching(/^Hidden\.Symbol\(hidden\): is not a handler for Nest/),
    ]);
  });

  it('I3 fails when a body cannot be validated, and names gateway, method and fix', async () => {
    const problems = await problemsOf({ gateways: [UncheckedBodies] });
    expect(problems.map((problem) => problem.split(':')[0])).toEqual(
      ['anInterface', 'anArray', 'noRules', 'aProperty', 'positional'].map(
        (method) => `UncheckedBodies.${method}`,
      ),
    );
    expect(problems[0]).toContain('@MessageBody() body: EchoDto');
  });

  it('I3 fails when only part of a body is validated, and shows the line to add', async () => {
    const problems = await problemsOf({ gateways: [HalfCheckedBodies] });
    expect(problems).toEqual([
      'HalfCheckedBodies.nested: takes OrderDto, whose "address" is not validated; ' +
        'add @ValidateNested() @Type(() => AddressDto)',
      ...['pipeWithoutRules', 'primitive', 'any', 'rest'].map(
        (method) =>
          expect.stringContaining(`HalfCheckedBodies.${method}: takes a body that cannot`) as string,
      ),
      "HalfCheckedBodies.noReason: opts out of validation without a reason; state why this is safe: @UnvalidatedBody('…')",
    ]);
  });

  it('I3 allows bodies with a class, a schema, a pipe or a reason', async () => {
    expect(await problemsOf({ gateways: [CheckedBodies] })).toEqual([]);
  });

  it('fails when a gateway needs credentials and no verifier is configured', async () => {
    const options = { jwtSecret: undefined };
    expect((await problemsOf({ gateways: [EchoGateway], options }))[0]).toMatch(
      /^WS_JWT_SECRET: is required, because EchoGateway/,
    );
    expect(await problemsOf({ gateways: [PublicGateway], options })).toEqual([]);
  });

  it('fails when a gateway subscribes to an event of the protocol', async () => {
    expect((await problemsOf({ gateways: [ReservedEvents] }))[0]).toMatch(
      /^ReservedEvents.auth: subscribes to "auth"/,
    );
  });

  it('C5 fails when two gateways on one path contradict each other', async () => {
    expect((await problemsOf({ gateways: [EchoGateway, ConflictingGateway] }))[0]).toMatch(
      /^ConflictingGateway: shares the path \/ws with EchoGateway/,
    );
  });

  it('fails when a gateway is request-scoped', async () => {
    const problems = await problemsOf({ gateways: [ScopedGateway], providers: [PerRequest] });
    expect(problems[0]).toMatch(/^ScopedGateway: is request-scoped/);
  });

  it.each([ScopedGuard, DependentGuard])('fails when the guard %p is request-scoped', async (guard) => {
    @SecureGateway({ path: '/ws', guards: [guard] })
    class Own {}
    const providers = [PerRequest];
    for (const config of [
      { gateways: [Own], providers },
      { gateways: [Own, guard], providers },
      { gateways: [EchoGateway], providers: [...providers, guard], module: { guards: [guard] } },
    ])
      expect((await problemsOf(config))[0]).toMatch(new RegExp(`^${guard.name}: is request-scoped`));
  });

  it.each([
    [[OneAuthorization, OtherAuthorization], 'OneAuthorization, OtherAuthorization'],
    [[WsAuthorizationGuard, OtherAuthorization], 'WsAuthorizationGuard, OtherAuthorization'],
  ])('fails when two guards replace the same built-in guard: %p', async (guards, names) => {
    @SecureGateway({ path: '/ws', guards })
    class Own {}
    const place = `names more than one replacement of WsAuthorizationGuard: ${names};`;
    const [[own], [module]] = [
      await problemsOf({ gateways: [Own] }),
      await problemsOf({ gateways: [EchoGateway], module: { guards } }),
    ];
    expect(own).toContain(`Own: ${place}`);
    expect(module).toContain(`WsSecurityModule: ${place}`);
  });

  it('allows a gateway to replace the guard of the module', async () => {
    @SecureGateway({ path: '/ws', guards: [OneAuthorization, OneAuthorization] })
    class Own {}
    expect(await problemsOf({ gateways: [Own], module: { guards: [OtherAuthorization] } })).toEqual([]);
  });

  it.each([UseGuards(TransientGuard), UsePipes(TransientPipe)])(
    'fails when a guard or pipe on a class or method would never be constructed',
    async (decorator) => {
      @decorator
      @SecureGateway({ path: '/ws' })
      class OnClass {}

      @SecureGateway({ path: '/ws' })
      class OnMethod {
        @decorator
        @SubscribeMessage('hello')
        hello(): boolean {
          return true;
        }
      }
      const problems = await problemsOf({ gateways: [OnClass, OnMethod] });
      expect(problems).toEqual([
        expect.stringMatching(/^OnClass: binds Transient\w+, which is transient/),
        expect.stringMatching(/^OnMethod: binds Transient\w+, which is transient/),
      ]);
    },
  );

  it('fails when a pipe of a parameter, or a gateway, would never be constructed', async () => {
    @Injectable({ scope: Scope.TRANSIENT })
    @SecureGateway({ path: '/ws' })
    class Unmade {
      @SubscribeMessage('hello')
      hello(@MessageBody(TransientPipe) body: string): string {
        return body;
      }
    }
    expect(await problemsOf({ gateways: [Unmade] })).toEqual([
      expect.stringMatching(/^Unmade: is transient/),
      expect.stringMatching(/^Unmade: binds TransientPipe/),
    ]);
  });

  it('fails when a connect guard is request-scoped', async () => {
    const [problem] = await problemsOf({ gateways: [EchoGateway], connectGuards: [ScopedConnectGuard] });
    expect(problem).toMatch(/^ScopedConnectGuard: is request-scoped/);
  });

  it('C2 T1 fails when it speaks plain HTTP in production and no proxy terminates TLS', async () => {
    const environment = process.env['NODE_ENV'];
    process.env['NODE_ENV'] = 'production';
    try {
      const options = { jwtIssuer: 'https://id.test', jwtAudience: 'chat' };
      const [problem] = await problemsOf({ gateways: [EchoGateway], options });
      expect(problem).toMatch(
        /^WS_TRUSTED_PROXIES: must name the proxy .* with Express, new FastifyAdapter\(\{ https: tlsOptionsFromEnv\(\) \}\) with Fastify$/,
      );
      expect(
        await problemsOf({ gateways: [EchoGateway], options: { ...options, trustedProxies: ['10.0.0.1'] } }),
      ).toEqual([]);
      expect(await problemsOf({ gateways: [EchoGateway], options, tls: await certificate() })).toEqual([]);
    } finally {
      process.env['NODE_ENV'] = environment;
    }
  });

  it('fails when the port of a gateway is in use', async () => {
    const first = await startApp({ gateways: [EchoGateway] });
    @SecureGateway({ path: '/own', port: first.port })
    class OwnPort {}
    await expect(startApp({ gateways: [OwnPort] })).rejects.toThrow('EADDRINUSE');
    await first.close();
  });
});
