import { type ExecutionContext, Injectable, Scope } from '@nestjs/common';
import { Throttle } from '@nestjs/throttler';
import { SubscribeMessage } from '@nestjs/websockets';
import {
  SecureGateway,
  WsAuthenticated,
  WsAuthorizationGuard,
  WsCost,
  WsPublic,
  WsRoles,
  WsScopes,
  type AccessRule,
  type Principal,
} from 'nestjs-ws-security';
import { startApp, type RunningApp } from '../support/start-app.js';
import { TestClient } from '../support/test-client.js';
import { mintToken } from '../support/tokens.js';

@SecureGateway({ path: '/ws', public: true })
class Rules {
  @SubscribeMessage('undecorated')
  undecorated(): boolean {
    return true;
  }

  @WsPublic()
  @SubscribeMessage('public')
  public(): boolean {
    return true;
  }

  @WsPublic()
  @WsRoles('admin')
  @SubscribeMessage('contradiction')
  contradiction(): boolean {
    return true;
  }

  @WsRoles('admin', 'owner')
  @SubscribeMessage('one-role')
  oneRole(): boolean {
    return true;
  }

  @WsScopes('chat:read', 'chat:write')
  @SubscribeMessage('all-scopes')
  allScopes(): boolean {
    return true;
  }

  @WsRoles()
  @SubscribeMessage('no-role')
  noRole(): boolean {
    return true;
  }
}

@WsRoles('admin')
@SecureGateway({ path: '/admin' })
class AdminRules {
  @SubscribeMessage('inherited')
  inherited(): boolean {
    return true;
  }

  @WsRoles('user')
  @SubscribeMessage('overridden')
  overridden(): boolean {
    return true;
  }

  @WsAuthenticated()
  @SubscribeMessage('still-inherited')
  stillInherited(): boolean {
    return true;
  }
}

/** Requires a tenant in addition to the rules of the decorators. */
@Injectable()
class TenantGuard extends WsAuthorizationGuard {
  protected override isAllowed(
    rule: AccessRule,
    principal: Principal,
    context: ExecutionContext,
  ): boolean | Promise<boolean> {
    return principal.claims['tenant'] === 'acme' && super.isAllowed(rule, principal, context);
  }
}

@SecureGateway({ path: '/tenant', guards: [TenantGuard] })
class TenantRules {
  @WsRoles('user')
  @SubscribeMessage('ours')
  ours(): boolean {
    return true;
  }
}

let running: RunningApp;

beforeAll(async () => {
  running = await startApp({ gateways: [Rules, AdminRules, TenantRules] });
});

afterAll(() => running.close());

async function outcome(path: string, event: string, claims?: Record<string, unknown>): Promise<unknown> {
  const token = claims && (await mintToken(claims));
  const client = await TestClient.connect(running.url + path, token === undefined ? {} : { token });
  const { event: name, data } = await client.request(event);
  await client.close();
  return name === 'exception' ? data?.['code'] : data;
}

it.each([
  ['Z1', 'an undecorated event', 'undecorated', undefined, 'UNAUTHENTICATED'],
  ['Z1', 'an undecorated event', 'undecorated', {}, true],
  ['Z1', 'a public event', 'public', undefined, true],
  ['Z1', 'a restriction beside @WsPublic', 'contradiction', undefined, 'UNAUTHENTICATED'],
  ['Z2', 'a role', 'one-role', undefined, 'UNAUTHENTICATED'],
  ['Z2', 'a role', 'one-role', { roles: ['user'] }, 'FORBIDDEN'],
  ['Z2', 'a role', 'one-role', { roles: ['owner'] }, true],
  ['Z2', 'a role in the wrong shape', 'one-role', { roles: 'admin' }, 'FORBIDDEN'],
  ['Z2', 'no role at all', 'no-role', { roles: ['admin'] }, 'FORBIDDEN'],
  ['Z2', 'two scopes', 'all-scopes', { scope: 'chat:write' }, 'FORBIDDEN'],
  ['Z2', 'two scopes', 'all-scopes', { scope: 'chat:write chat:read' }, true],
  ['Z2', 'scopes as a list', 'all-scopes', { scope: undefined, scopes: ['chat:write', 'chat:read'] }, true],
])('%s %s: %s with %j gives %p', async (_id, _what, event, claims, expected) => {
  expect(await outcome('/ws', event, claims)).toBe(expected);
});

it.each([
  ['inherited', ['user'], 'FORBIDDEN'],
  ['inherited', ['admin'], true],
  ['overridden', ['user'], true],
  ['overridden', ['admin'], 'FORBIDDEN'],
  ['still-inherited', ['user'], 'FORBIDDEN'],
])('Z2 class-level rules: %s with roles %j gives %p', async (event, roles, expected) => {
  expect(await outcome('/admin', event, { roles })).toBe(expected);
});

it('Z2 rules of a class also apply when an instance property replaces the method', async () => {
  @SecureGateway({ path: '/ws' })
  class Bound {
    constructor() {
      this.bound = this.bound.bind(this);
      this.replaced = () => 'replaced';
      this.limited = this.limited.bind(this);
    }

    @WsRoles('admin')
    @SubscribeMessage('bound')
    bound(): string {
      return 'bound';
    }

    @WsRoles('admin')
    @SubscribeMessage('replaced')
    replaced(): string {
      return 'declared';
    }

    @Throttle({ default: { limit: 1, ttl: 60_000 } })
    @SubscribeMessage('limited')
    limited(): string {
      return 'limited';
    }
  }
  const bound = await startApp({ gateways: [Bound] });
  const client = await TestClient.connect(`${bound.url}/ws`, {
    token: await mintToken({ roles: ['user'] }),
  });
  for (const event of ['bound', 'replaced'])
    expect(await client.request(event)).toMatchObject({ event: 'exception', data: { code: 'FORBIDDEN' } });
  expect(await client.request('limited')).toMatchObject({ data: 'limited' });
  expect(await client.request('limited')).toMatchObject({ data: { code: 'RATE_LIMITED' } });
  await client.close();
  const admin = await TestClient.connect(`${bound.url}/ws`, {
    token: await mintToken({ roles: ['admin'] }),
  });
  expect(await admin.request('bound')).toMatchObject({ data: 'bound' });
  await admin.close();
  await bound.close();
});

/** Replaces the method and loses its metadata, like the decorators of tracing and caching libraries. */
function Wrapped(): MethodDecorator {
  return (_target, _name, descriptor: PropertyDescriptor) => {
    const method = descriptor.value as () => unknown;
    descriptor.value = () => method();
  };
}

it('Z2 rules of a method also apply when another decorator replaces the function', async () => {
  class Base {
    @SubscribeMessage('inherited')
    @Wrapped()
    @WsRoles('admin')
    inherited(): boolean {
      return true;
    }
  }

  @SecureGateway({ path: '/ws' })
  class Traced extends Base {
    @SubscribeMessage('role')
    @Wrapped()
    @WsRoles('admin')
    role(): boolean {
      return true;
    }

    @SubscribeMessage('scope')
    @Wrapped()
    @WsScopes('chat:moderate')
    scope(): boolean {
      return true;
    }

    @WsPublic()
    @SubscribeMessage('contradiction')
    @Wrapped()
    @WsRoles('admin')
    contradiction(): boolean {
      return true;
    }

    @SubscribeMessage('dear')
    @Wrapped()
    @WsCost(3)
    dear(): boolean {
      return true;
    }
  }
  const traced = await startApp({ gateways: [Traced], options: { rateLimit: 10 } });
  const client = await TestClient.connect(`${traced.url}/ws`, {
    token: await mintToken({ roles: ['user'] }),
  });
  for (const event of ['inherited', 'role', 'scope', 'contradiction'])
    expect([event, await client.request(event)]).toMatchObject([event, { data: { code: 'FORBIDDEN' } }]);
  expect(await client.request('dear')).toMatchObject({ data: true });
  expect(await client.request('dear')).toMatchObject({ data: true });
  expect(await client.request('dear')).toMatchObject({ data: { code: 'RATE_LIMITED' } });
  await client.close();
  const admin = await TestClient.connect(`${traced.url}/ws`, {
    token: await mintToken({ sub: 'root', roles: ['admin'] }),
  });
  expect(await admin.request('role')).toMatchObject({ data: true });
  await admin.close();
  await traced.close();
});

it('a subclass of a built-in guard replaces it', async () => {
  expect(await outcome('/tenant', 'ours', { tenant: 'acme' })).toBe(true);
  expect(await outcome('/tenant', 'ours', { tenant: 'evil' })).toBe('FORBIDDEN');
  expect(await outcome('/tenant', 'ours', { tenant: 'acme', roles: [] })).toBe('FORBIDDEN');
});

@Injectable({ scope: Scope.TRANSIENT })
class TransientTenantGuard extends TenantGuard {}

it('a transient provider replaces a built-in guard too', async () => {
  const own = await startApp({
    gateways: [Rules],
    module: { providers: [{ provide: WsAuthorizationGuard, useClass: TransientTenantGuard }] },
  });
  const client = await TestClient.connect(`${own.url}/ws`, { token: await mintToken({ tenant: 'evil' }) });
  expect(await client.request('undecorated')).toMatchObject({ data: { code: 'FORBIDDEN' } });
  await client.close();
  await own.close();
});
