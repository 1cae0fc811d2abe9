import { readdirSync, readFileSync } from 'node:fs';
import { Global, Inject, Injectable, Module, UseFilters, UseGuards } from '@nestjs/common';
import { MessageBody, SubscribeMessage } from '@nestjs/websockets';
import {
  type AccessRule,
  type Connection,
  ConnectionRegistry,
  CurrentConnection,
  CurrentPrincipal,
  type Principal,
  PrincipalMapper,
  RevocationService,
  RoomPolicy,
  SecureGateway,
  TokenVerifier,
  WsAuthGuard,
  WsAuthorizationGuard,
  WsPolicyGuard,
  WsRoles,
  WsThrottlerGuard,
} from 'nestjs-ws-security';
import { DocumentPolicy, Documents, OpenDocumentDto } from '../../docs/examples/document.policy.js';
import { KeycloakMapper } from '../../docs/examples/keycloak.mapper.js';
import { MemberConnectGuard, Members } from '../../docs/examples/member.connect-guard.js';
import { PlanThrottlerGuard } from '../../docs/examples/plan.throttler.js';
import { ProjectRooms, Projects } from '../../docs/examples/project-rooms.policy.js';
import { Sessions, SessionVerifier, type Session } from '../../docs/examples/session.verifier.js';
import { TeapotError, TeapotFilter } from '../../docs/examples/teapot.filter.js';
import { MemberGuard } from '../../docs/examples/member.guard.js';
import { TenantGuard } from '../../docs/examples/tenant.guard.js';
import { eventually } from '../support/eventually.js';
import { startApp, type AppOptions, type RunningApp } from '../support/start-app.js';
import { TestClient } from '../support/test-client.js';
import { mintToken } from '../support/tokens.js';

@SecureGateway({ path: '/plain' })
class PlainGateway {
  @WsRoles('user')
  @SubscribeMessage('hello')
  hello(@CurrentPrincipal() { id }: Principal): string | null {
    return id;
  }

  @SubscribeMessage('brew')
  @UseFilters(TeapotFilter)
  brew(): never {
    throw new TeapotError('coffee');
  }
}

@SecureGateway({ path: '/tenant', guards: [TenantGuard] })
class TenantGateway {
  @WsRoles('user')
  @SubscribeMessage('hello')
  hello(): boolean {
    return true;
  }
}

@SecureGateway({ path: '/documents' })
class DocumentGateway {
  static opened: OpenDocumentDto[] = [];

  @UseGuards(DocumentPolicy)
  @SubscribeMessage('open')
  open(@MessageBody() body: OpenDocumentDto): boolean {
    return DocumentGateway.opened.push(body) > 0;
  }
}

@SecureGateway({ path: '/projects' })
class ProjectGateway {
  constructor(private readonly connections: ConnectionRegistry) {}

  @SubscribeMessage('join')
  join(@CurrentConnection() connection: Connection): Promise<void> {
    return this.connections.join(connection, 'apollo');
  }

  @SubscribeMessage('say')
  say(@CurrentConnection() connection: Connection): Promise<void> {
    return this.connections.sendToRoom('apollo', 'said', 'hi', connection);
  }
}

let running: RunningApp;

const start = async (options: AppOptions): Promise<void> => {
  running = await startApp(options);
};

afterEach(() => running.close());

async function outcome(path: string, event: string, claims: object, data?: unknown): Promise<unknown> {
  const client = await TestClient.connect(running.url + path, { token: await mintToken({ ...claims }) });
  const frame = await client.request(event, data);
  await client.close();
  return frame.event === 'exception' ? frame.data?.['code'] : frame.data;
}

const ours = { tenant: 'acme' };

describe('a built-in guard replaced by a subclass', () => {
  it('applies to one gateway', async () => {
    await start({ gateways: [PlainGateway, TenantGateway] });
    expect(await outcome('/plain', 'hello', {})).toBe('alice');
    expect(await outcome('/tenant', 'hello', {})).toBe('FORBIDDEN');
    expect(await outcome('/tenant', 'hello', ours)).toBe(true);
    expect(await outcome('/tenant', 'hello', { ...ours, roles: [] })).toBe('FORBIDDEN');
  });

  it('applies to all gateways', async () => {
    await start({ gateways: [PlainGateway, TenantGateway], module: { guards: [TenantGuard] } });
    for (const path of ['/plain', '/tenant']) {
      expect(await outcome(path, 'hello', {})).toBe('FORBIDDEN');
      expect(await outcome(path, 'hello', { ...ours, roles: [] })).toBe('FORBIDDEN');
    }
    expect(await outcome('/plain', 'hello', ours)).toBe('alice');
  });

  it('applies to all gateways as a provider', async () => {
    const providers = [{ provide: WsAuthorizationGuard, useClass: TenantGuard }];
    await start({ gateways: [PlainGateway], module: { providers } });
    expect(await outcome('/plain', 'hello', {})).toBe('FORBIDDEN');
    expect(await outcome('/plain', 'hello', ours)).toBe('alice');
  });

  it('of a gateway overrides the one of the module', async () => {
    class Nobody extends WsAuthorizationGuard {
      protected override isAllowed(): boolean {
        return false;
      }
    }
    await start({ gateways: [PlainGateway, TenantGateway], module: { guards: [Nobody] } });
    expect(await outcome('/tenant', 'hello', ours)).toBe(true);
    expect(await outcome('/plain', 'hello', ours)).toBe('FORBIDDEN');
  });

  it('has each of its steps called once per message', async () => {
    const asked: string[] = [];
    class CountedAuth extends WsAuthGuard {
      protected override isAuthenticated(connection: Connection): boolean {
        asked.push('authenticated');
        return super.isAuthenticated(connection);
      }
    }
    class CountedAuthorization extends WsAuthorizationGuard {
      protected override isAllowed(
        ...request: Parameters<WsAuthorizationGuard['isAllowed']>
      ): boolean | Promise<boolean> {
        asked.push('allowed');
        return super.isAllowed(...request);
      }
    }
    await start({ gateways: [PlainGateway], module: { guards: [CountedAuth, CountedAuthorization] } });
    expect(await outcome('/plain', 'hello', {})).toBe('alice');
    expect(asked).toEqual(['authenticated', 'allowed']);
  });

  it('Z1 refuses when a step of WsAuthGuard returns a promise', async () => {
    const later = (): boolean => Promise.resolve(true) as unknown as boolean;
    class LateAuth extends WsAuthGuard {
      protected override isAuthenticated = later;
      protected override isPublic = later;
    }
    await start({ gateways: [PlainGateway], module: { guards: [LateAuth] } });
    expect(await outcome('/plain', 'hello', {})).toBe('UNAUTHENTICATED');
  });

  it('Z2 may have dependencies and decide later, once per message', async () => {
    const asked: string[] = [];
    const statusOf = async (id: string): Promise<string> => {
      asked.push(id);
      await Promise.resolve();
      if (id === 'lost') throw new Error('no database');
      return id;
    };
    @Global()
    @Module({ providers: [{ provide: Members, useValue: { statusOf } }], exports: [Members] })
    class MembersModule {}
    await start({
      gateways: [PlainGateway],
      module: { imports: [MembersModule], guards: [MemberGuard] },
    });
    const answers = [];
    for (const sub of ['active', 'suspended', 'lost'])
      answers.push(await outcome('/plain', 'hello', { sub }));
    expect(answers).toEqual(['active', 'FORBIDDEN', 'INTERNAL_ERROR']);
    expect(asked).toEqual(['active', 'suspended', 'lost']);
  });

  it('Z2 decides anew if the principal has changed while it was asked', async () => {
    let decide: (isAllowed: boolean) => void = () => undefined;
    const asked: (string | null)[] = [];
    class Slow extends WsAuthorizationGuard {
      protected override isAllowed(_rule: AccessRule, { sessionId }: Principal): Promise<boolean> {
        asked.push(sessionId);
        return new Promise((resolve) => (decide = resolve));
      }
    }
    await start({ gateways: [PlainGateway], module: { guards: [Slow] } });
    const client = await TestClient.connect(`${running.url}/plain`, {
      token: await mintToken({ sid: 'one' }),
    });
    client.send({ event: 'hello', id: 1 });
    await eventually(async () => expect(asked).toEqual(['one']));
    const renewed = await client.request('auth', { token: await mintToken({ sid: 'two' }) });
    expect(renewed.event).toBe('auth');
    decide(true);
    await eventually(async () => expect(asked).toEqual(['one', 'two']));
    decide(false);
    expect(await client.next()).toMatchObject({ id: 1, data: { code: 'FORBIDDEN' } });
    await client.close();
  });

  it('R2 a throttler may have dependencies', async () => {
    @Injectable()
    class Plans {
      readonly limit = 2;
    }
    @Injectable()
    class BoughtThrottlerGuard extends WsThrottlerGuard {
      constructor(private readonly plans: Plans) {
        super();
      }

      protected override limitOf(): number {
        return this.plans.limit;
      }
    }
    @Injectable()
    class KnownAuthGuard extends WsAuthGuard {
      constructor(@Inject(Plans) private readonly plans: Plans) {
        super();
      }

      protected override isAuthenticated(connection: Connection): boolean {
        return this.plans.limit > 0 && super.isAuthenticated(connection);
      }
    }
    @Module({ providers: [Plans], exports: [Plans] })
    class PlansModule {}
    await start({
      gateways: [PlainGateway],
      module: { imports: [PlansModule], guards: [BoughtThrottlerGuard, KnownAuthGuard] },
    });
    const answers = [];
    for (let count = 0; count < 3; count++) answers.push(await outcome('/plain', 'hello', {}));
    expect(answers).toEqual(['alice', 'alice', 'RATE_LIMITED']);
  });

  it('may limit messages per plan', async () => {
    await start({
      gateways: [PlainGateway],
      module: { guards: [PlanThrottlerGuard] },
      options: { rateLimit: 2 },
    });
    const accepted = async (claims: object): Promise<number> => {
      const token = await mintToken({ ...claims });
      const client = await TestClient.connect(`${running.url}/plain`, { token });
      let count = 0;
      while ((await client.request('hello')).event === 'hello') count++;
      await client.close();
      return count;
    };
    expect(await accepted({ sub: 'alice' })).toBe(2);
    expect(await accepted({ sub: 'bob', plan: 'team' })).toBe(10);
  });
});

describe('a policy on objects', () => {
  const ID = '6f1c2f0e-8f0f-4c9b-9d55-3d6e8f5c6a01';
  const documents = {
    provide: Documents,
    useValue: { tenantOf: (id: string) => Promise.resolve(id === ID ? 'acme' : undefined) },
  };

  beforeEach(() => {
    DocumentGateway.opened = [];
    return start({ gateways: [DocumentGateway], providers: [documents] });
  });

  it('Z2 decides with the validated body, and the handler gets the same object', async () => {
    expect(await outcome('/documents', 'open', ours, { documentId: ID })).toBe(true);
    expect(await outcome('/documents', 'open', { tenant: 'other' }, { documentId: ID })).toBe('FORBIDDEN');
    expect(await outcome('/documents', 'open', ours, { documentId: ID.replace('6', '7') })).toBe('FORBIDDEN');
    expect(DocumentGateway.opened).toEqual(
      [new OpenDocumentDto()].map((dto) => Object.assign(dto, { documentId: ID })),
    );
    expect(DocumentGateway.opened[0]).toBeInstanceOf(OpenDocumentDto);
  });

  it.each([[undefined], [{}], [{ documentId: 'x' }], [{ documentId: ID, tenant: 'acme' }], ['x']])(
    'I2 is not called with the body %j',
    async (data) => {
      expect(await outcome('/documents', 'open', ours, data)).toBe('VALIDATION_FAILED');
      expect(DocumentGateway.opened).toEqual([]);
    },
  );
});

it('L5 a policy that throws refuses the message', async () => {
  let handled = 0;

  class Broken extends WsPolicyGuard {
    protected override isPermitted(): boolean {
      throw new Error('no database');
    }
  }

  @SecureGateway({ path: '/broken', guards: [Broken] })
  class BrokenGateway {
    @SubscribeMessage('open')
    open(): void {
      handled++;
    }
  }
  await start({ gateways: [BrokenGateway] });
  expect(await outcome('/broken', 'open', {})).toBe('INTERNAL_ERROR');
  expect(handled).toBe(0);
});

it('a connect guard may query a database', async () => {
  const members = { provide: Members, useValue: { statusOf: (id: string) => Promise.resolve(id) } };
  await start({
    gateways: [PlainGateway],
    providers: [members, MemberConnectGuard],
    connectGuards: [MemberConnectGuard],
  });
  const statusFor = async (sub: string) =>
    (await TestClient.refused(`${running.url}/plain`, { token: await mintToken({ sub }) })).status;
  expect(await statusFor('suspended')).toBe(403);
  expect(await statusFor('moving')).toBe(503);
  expect(await outcome('/plain', 'hello', { sub: 'active' })).toBe('active');
});

it('a verifier may check the application’s own sessions', async () => {
  const sessions = new Map<string, Session>([
    ['good', { userId: 'carol', roles: ['user'], startedAt: Date.now() - 1000, endsAt: Date.now() + 60_000 }],
    ['over', { userId: 'carol', roles: ['user'], startedAt: 0, endsAt: Date.now() - 1 }],
  ]);
  const store = { provide: Sessions, useValue: { find: (id: string) => Promise.resolve(sessions.get(id)) } };
  await start({
    gateways: [PlainGateway],
    module: { providers: [store, { provide: TokenVerifier, useClass: SessionVerifier }] },
  });
  const client = await TestClient.connect(`${running.url}/plain`, { token: 'good' });
  expect(await client.request('hello')).toMatchObject({ data: 'carol' });
  for (const token of ['over', 'none'])
    expect((await TestClient.refused(`${running.url}/plain`, { token })).status).toBe(401);
  await running.app.get(RevocationService).revokeUser('carol', 'sessions');
  expect((await client.closed).code).toBe(4403);
});

it('Z2 a principal mapper may take roles from Keycloak’s claim', async () => {
  const providers = [{ provide: PrincipalMapper, useClass: KeycloakMapper }];
  await start({ gateways: [PlainGateway], module: { providers } });
  expect(await outcome('/plain', 'hello', { roles: ['user'] })).toBe('FORBIDDEN');
  expect(await outcome('/plain', 'hello', { realm_access: 'user' })).toBe('FORBIDDEN');
  expect(await outcome('/plain', 'hello', { realm_access: { roles: ['user'] } })).toBe('alice');
});

it('Z3 a room policy may check the roles of projects', async () => {
  const roles: Record<string, string> = { alice: 'writer', bob: 'reader' };
  const projects = { provide: Projects, useValue: { roleOf: (id: string) => Promise.resolve(roles[id]) } };
  await start({
    gateways: [ProjectGateway],
    module: { providers: [projects, { provide: RoomPolicy, useClass: ProjectRooms }] },
  });
  expect(await outcome('/projects', 'join', { sub: 'bob' })).toBeNull();
  expect(await outcome('/projects', 'join', { sub: 'carol' })).toBe('FORBIDDEN');
  expect(await outcome('/projects', 'say', { sub: 'bob' })).toBe('FORBIDDEN');
  expect(await outcome('/projects', 'say', { sub: 'alice' })).toBe('FORBIDDEN');
  const alice = await TestClient.connect(`${running.url}/projects`, {
    token: await mintToken({ sub: 'alice' }),
  });
  await alice.request('join');
  expect((await alice.request('say')).event).not.toBe('exception');
  await alice.close();
});

it('a handler may throw an application error with a code', async () => {
  await start({ gateways: [PlainGateway] });
  expect(await outcome('/plain', 'brew', {})).toBe('FORBIDDEN');
});

it('docs/extending.md shows these files', () => {
  const text = readFileSync('docs/extending.md', 'utf8');
  const files = readdirSync('docs/examples').filter((file) => file.endsWith('.ts'));
  expect(files.length).toBeGreaterThan(5);
  for (const file of [...files, 'testing/pub-sub.bus.e2e-spec.ts']) {
    const shown = `\`\`\`ts\n// docs/examples/${file}\n${readFileSync(`docs/examples/${file}`, 'utf8')}\`\`\``;
    expect(text).toContain(shown);
  }
});
