import { type CanActivate, Injectable, type Provider, UseGuards, UseInterceptors } from '@nestjs/common';
import { SkipThrottle, Throttle } from '@nestjs/throttler';
import { MessageBody, SubscribeMessage, WebSocketGateway } from '@nestjs/websockets';
import { IsInt, IsOptional, IsString } from 'class-validator';
import {
  type AsyncApiDocument,
  SecureGateway,
  WsContract,
  WsContractModule,
  type WsContractOptions,
  WsCost,
  WsPublic,
  WsPush,
  WsReply,
  WsRoles,
  WsScopes,
  type WsSecurityOptions,
} from 'nestjs-ws-security';
import { Observable, of } from 'rxjs';
import { Chat } from '../../docs/examples/migration/chat.service.js';
import { Shop } from '../../docs/examples/migration/orders.js';
import { SecuredChatGateway } from '../../docs/examples/migration/secured-chat.gateway.js';
import { SecuredNotesGateway } from '../../docs/examples/migration/secured-notes.gateway.js';
import { SecuredOrdersGateway } from '../../docs/examples/migration/secured-orders.gateway.js';
import { PlanThrottlerGuard } from '../../docs/examples/plan.throttler.js';
import { Notes, NotesGateway } from '../../docs/examples/testing/notes.gateway.js';
import { parseAsyncApi } from '../support/contract/asyncapi-parser.js';
import { CONVERTERS, ShapesGateway } from '../support/contract/shapes.gateway.js';
import { Doubling } from '../support/kitchen-sink.gateway.js';
import { ownPort } from '../support/own-port.js';
import { startApp } from '../support/start-app.js';

interface Settings {
  readonly providers?: Provider[];
  readonly options?: WsSecurityOptions;
  readonly contract?: WsContractOptions;
  readonly module?: object;
}

/** The document of an application with these gateways. */
async function documentOf(gateways: Provider[], settings: Settings = {}): Promise<AsyncApiDocument> {
  const { providers = [], options = {}, contract, module = {} } = settings;
  const imports = contract ? [WsContractModule.forRoot(contract)] : [];
  const { app } = await startApp({ gateways, providers, options, module: { imports, ...module } });
  const document = app.get(WsContract).document();
  expect(app.get(WsContract).document()).toEqual(document);
  await app.close();
  return document;
}

const problemsOf = async (document: AsyncApiDocument): Promise<string[]> =>
  (await parseAsyncApi(document)).problems;

// oxlint-disable-next-line typescript/no-explicit-any -- parts of documents of any shape
const at = (document: object, ...path: string[]): any => {
  let found: unknown = document;
  for (const name of path) found = (found as Record<string, unknown> | undefined)?.[name];
  return found;
};

/** The schema of the data of a message. */
const dataIn = (document: AsyncApiDocument, channel: string, message: string) => {
  const { $ref } = at(document.channels, channel, 'messages', message, 'payload') as { $ref: string };
  return at(document, ...$ref.split('/').slice(1), 'properties', 'data');
};

const checksOf = (document: AsyncApiDocument, operation: string): unknown =>
  at(document.operations, operation, 'x-ws-security');

class CountDto {
  @IsInt()
  count!: number;

  @IsOptional()
  @IsString()
  note?: string;
}

@Injectable()
class TenantGuard implements CanActivate {
  canActivate(): boolean {
    return true;
  }
}

describe('the gateways of the documentation', () => {
  it.each<[string, Provider, Provider[]]>([
    ['notes', SecuredNotesGateway, []],
    ['orders', SecuredOrdersGateway, [Shop]],
    ['chat', SecuredChatGateway, [Chat]],
    ['tested notes', NotesGateway, [Notes]],
  ])('%s: the parser of AsyncAPI accepts their contract', async (_name, gateway, providers) => {
    const document = await documentOf([gateway], { providers });
    expect(await problemsOf(document)).toEqual([]);
    expect(Object.keys(document.operations).length).toBeGreaterThan(4);
  });
});

describe('the shapes of bodies', () => {
  it('is a document that the parser of AsyncAPI accepts', async () => {
    const document = await documentOf([ShapesGateway], { contract: { converters: CONVERTERS } });
    const { problems, operations } = await parseAsyncApi(document);
    expect(problems).toEqual([]);
    expect(operations).toBeGreaterThan(25);
  });
});

describe('access and limits', () => {
  @WsPush('told', CountDto)
  @SecureGateway({ path: '/a', public: true, protocols: ['chat.v1'] })
  class AccessGateway {
    @WsPublic()
    @SkipThrottle()
    @SubscribeMessage('open')
    open() {
      return 1;
    }

    @WsRoles('b', 'a')
    @WsScopes('write', 'read')
    @Throttle({ default: { limit: 3, ttl: 1000 } })
    @WsCost(2)
    @SubscribeMessage('closed')
    closed(@MessageBody() _body: CountDto) {
      return 1;
    }

    @UseGuards(TenantGuard)
    @SubscribeMessage('guarded')
    guarded() {
      return 1;
    }
  }

  it('are extensions of each operation', async () => {
    const document = await documentOf([AccessGateway], {
      module: { throttlers: [{ name: 'hourly', limit: 50, ttl: 3_600_000, getTracker: () => 'x' }] },
    });
    const hourly = { throttler: 'hourly', limit: 50, ttlMs: 3_600_000, budget: 'shared' };
    expect(checksOf(document, 'a.open')).toEqual({ access: 'public', limits: [hourly], dynamic: true });
    expect(checksOf(document, 'a.closed')).toEqual({
      access: 'authenticated',
      anyRole: ['a', 'b'],
      allScopes: ['read', 'write'],
      limits: [{ throttler: 'default', limit: 3, ttlMs: 1000, budget: 'event' }, hourly],
      cost: 2,
      dynamic: true,
    });
    expect(checksOf(document, 'a.guarded')).toMatchObject({
      limits: [{ throttler: 'default', limit: 100, ttlMs: 60_000, budget: 'shared' }, hourly],
      guards: ['TenantGuard'],
    });
    expect(at(document.operations, 'a.open', 'security')).toBeUndefined();
    expect(at(document.operations, 'a.closed', 'security')).toHaveLength(3);
    expect(at(document.channels, 'a', 'x-ws-security')).toEqual({ access: 'public', protocols: ['chat.v1'] });
    expect(await problemsOf(document)).toEqual([]);
  });

  it('name a throttler of the application', async () => {
    const document = await documentOf([AccessGateway], { module: { guards: [PlanThrottlerGuard] } });
    expect(checksOf(document, 'a.closed')).toMatchObject({ guards: ['PlanThrottlerGuard'] });
  });

  it('a class that is sent and received has two schemas', async () => {
    const { components } = await documentOf([AccessGateway]);
    expect(at(components, 'schemas', 'CountDto')).toMatchObject({
      additionalProperties: false,
      required: ['count'],
    });
    expect(at(components, 'schemas', 'CountDtoOutput')).not.toHaveProperty('additionalProperties');
  });
});

describe('security schemes', () => {
  @SecureGateway({ path: '/s' })
  class Silent {
    @SubscribeMessage('hush')
    hush() {
      return 1;
    }
  }

  it('are those of the configured sources and verifiers', async () => {
    const document = await documentOf([Silent], {
      options: {
        authSources: ['header', 'cookie', 'query', 'message'],
        authCookie: 'session',
        allowedOrigins: ['https://app.example'],
      },
    });
    expect(at(document.components, 'securitySchemes')).toEqual({
      bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' },
      cookie: { type: 'httpApiKey', in: 'cookie', name: 'session' },
      query: { type: 'httpApiKey', in: 'query', name: 'token' },
    });
    expect(at(document.channels, 's', 'bindings', 'ws', 'query')).toEqual({
      type: 'object',
      properties: { token: { type: 'string' } },
    });
    expect(await problemsOf(document)).toEqual([]);
  });

  it('no secret of the options is in the document', async () => {
    const secret = 'a secret that nobody may read in a document, 32 bytes';
    expect(JSON.stringify(await documentOf([Silent], { options: { jwtSecret: secret } }))).not.toContain(
      secret,
    );
  });
});

describe('the service', () => {
  it('has the title, version and servers of the options', async () => {
    // The document of the shapes takes the parser ten times as long.
    const document = await documentOf([SecuredNotesGateway], {
      contract: {
        title: 'Shapes',
        version: '2.1.0',
        description: 'Odd *shapes*.',
        servers: { production: 'wss://shapes.example.com/api/', local: 'ws://localhost:3000' },
      },
    });
    expect(document).toMatchObject({
      info: { title: 'Shapes', version: '2.1.0', description: 'Odd *shapes*.' },
      servers: {
        local: { host: 'localhost:3000', protocol: 'ws' },
        production: { host: 'shapes.example.com', protocol: 'wss', pathname: '/api' },
      },
    });
    expect(Object.keys(document.servers ?? {})).toEqual(['local', 'production']);
    expect(await problemsOf(document)).toEqual([]);
  });

  it('has the bounds of the module, close codes and refusals', async () => {
    const document = await documentOf([ShapesGateway], {
      options: { maxArrayLength: 7, maxPayloadBytes: 1000 },
    });
    const facts = document['x-ws-security'];
    expect(facts).toMatchObject({ bounds: { arrayLength: 7, payloadBytes: 1000, jsonDepth: 10 } });
    expect(at(facts, 'closeCodes')).toContainEqual({
      code: 4419,
      name: 'TOKEN_EXPIRED',
      reconnect: 'reauthenticate',
    });
    expect(at(facts, 'refusedHandshakes')).toContainEqual({ status: 429, code: 'CONNECTION_LIMIT' });
    expect(at(document.components, 'schemas', 'TreeDto', 'properties', 'branches', 'maxItems')).toBe(7);
  });
});

describe('what JSON Schema cannot say', () => {
  it('is noted', async () => {
    const document = await documentOf([ShapesGateway]);
    const schemas = at(document.components, 'schemas');
    const property = (type: string, name: string) => at(schemas, type, 'properties', name);
    expect(property('NotedDto', 'mail')).toMatchObject({
      format: 'email',
      'x-ws-security': { rules: [{ rule: 'isEmail' }] },
    });
    expect(property('NotedDto', 'title')).toMatchObject({
      minLength: 1,
      'x-ws-security': { sanitized: ['trim'] },
    });
    expect(property('NotedDto', 'prime')).toMatchObject({
      'x-ws-security': { rules: [{ rule: 'isPrime' }] },
    });
    expect(property('NotedDto', 'folded')).toMatchObject({
      type: 'string',
      'x-ws-security': { rules: [{ rule: 'matches', arguments: ['/^x/i'] }] },
    });
    expect(property('NotedDto', 'grouped')).toMatchObject({ type: 'string' });
    expect(property('ConditionalDto', 'name')['x-ws-security']).toEqual({ conditional: true });
    expect(at(schemas, 'ConditionalDto', 'required')).toEqual(['isNamed']);
    expect(property('TransformedDto', 'page')).toEqual({
      'x-ws-security': { transformed: true, afterwards: expect.objectContaining({ type: 'integer' }) },
    });
    expect(property('TransformedDto', 'since')).toMatchObject({
      type: 'string',
      format: 'date-time',
      'x-ws-security': { converted: 'Date' },
    });
    expect(at(schemas, 'ExcludedDto', 'properties', 'hidden')).toBeUndefined();
    expect(at(schemas, 'ZodRefinedBody', 'properties', 'even', 'x-ws-security')).toEqual({
      rules: [{ rule: 'custom' }],
    });
    expect(at(schemas, 'ValibotBody', 'x-ws-security', 'schema')).toMatch(/^valibot: .*converter/);
    const data = (event: string) => dataIn(document, 'shapes', event);
    expect(data('anything')).toEqual({ 'x-ws-security': { unvalidated: true } });
    expect(data('nothing')).toEqual({ 'x-ws-security': { ignored: true } });
    expect(data('field')).toMatchObject({
      type: 'object',
      properties: { name: { $ref: '#/components/schemas/FieldBodyName' } },
    });
  });
});

describe('replies', () => {
  @WsPush('moved', Number)
  @SecureGateway({ path: '/r' })
  class Replies {
    @SubscribeMessage('known')
    known(): CountDto {
      return { count: 1 };
    }

    @SubscribeMessage('number')
    number(): number {
      return 1;
    }

    @SubscribeMessage('unknown')
    unknown() {
      return Promise.resolve(1);
    }

    @UseInterceptors(Doubling)
    @SubscribeMessage('intercepted')
    intercepted(): number {
      return 1;
    }

    @WsReply(null)
    @SubscribeMessage('none')
    none(): void {}

    @WsReply([CountDto], { event: 'counted', stream: true })
    @SubscribeMessage('stream')
    stream(): Observable<object> {
      return of({ event: 'counted', data: [] });
    }
  }

  it('are declared, or inferred where nothing can change them, or said to be open', async () => {
    const document = await documentOf([Replies], { providers: [Doubling] });
    const repliesTo = (event: string): string[] =>
      at(document.operations, `r.${event}`, 'reply', 'messages').map(({ $ref }: { $ref: string }) =>
        $ref.split('/').at(-1),
      );
    const dataOf = (message: string) => dataIn(document, 'r', message);
    const open = { 'x-ws-security': { undeclared: 'use @WsReply()' } };
    expect(repliesTo('known')).toEqual(['known.reply', 'exception']);
    expect(dataOf('known.reply')).toEqual({ $ref: '#/components/schemas/CountDto' });
    expect(dataOf('number.reply')).toEqual({ type: 'number' });
    expect([repliesTo('unknown'), dataOf('unknown.reply')]).toEqual([
      ['unknown.reply', 'ack', 'exception'],
      open,
    ]);
    expect(dataOf('intercepted.reply')).toEqual(open);
    expect(repliesTo('none')).toEqual(['ack', 'exception']);
    expect(at(document.channels, 'r', 'messages', 'stream.reply', 'name')).toBe('counted');
    expect(dataOf('stream.reply')).toEqual({
      type: 'array',
      items: { $ref: '#/components/schemas/CountDto' },
    });
    expect(checksOf(document, 'r.stream')).toMatchObject({ stream: true });
    expect(at(document.operations, 'r.push.moved')).toMatchObject({
      action: 'send',
      messages: [{ $ref: '#/channels/r/messages/moved' }],
    });
    expect(await problemsOf(document)).toEqual([]);
  });

  it('of a method that handles no event stop the start', async () => {
    @SecureGateway({ path: '/r' })
    class Idle {
      @WsReply(CountDto)
      forgotten() {
        return 1;
      }
    }
    await expect(documentOf([Idle])).rejects.toThrow(/Idle\.forgotten: declares a reply .* handles no event/);
  });

  it.each(['', 'ping', 'x'.repeat(129)])('@WsPush("%s") has no event that could be pushed', (event) => {
    expect(() => WsPush(event, Number)).toThrow(/needs an event/);
  });
});

describe('places', () => {
  it('ports, unsecured gateways and names that are not for components', async () => {
    @SecureGateway({ path: '/' })
    class Root {
      @SubscribeMessage('a b')
      one() {
        return 1;
      }

      @SubscribeMessage('a/b')
      other() {
        return 1;
      }
    }
    @SecureGateway({ path: '/own', port: await ownPort() })
    class OwnPort {}
    @WebSocketGateway({ path: '/old' })
    class Old {
      @SubscribeMessage('anything')
      anything(body: unknown): unknown {
        return body;
      }
    }
    const document = await documentOf([Root, OwnPort, Old], { module: { unsecured: [Old] } });
    const names = Object.keys(document.channels);
    expect(names).toEqual(['old', expect.stringMatching(/^own-\d+$/), 'root']);
    expect(at(document.channels, 'old')).toMatchObject({
      address: '/old',
      'x-ws-security': { access: 'unsecured' },
    });
    expect(Object.keys(at(document.channels, 'old', 'messages'))).toEqual(['anything']);
    expect(at(document.channels, 'root', 'messages', 'a_b', 'name')).toBe('a b');
    expect(at(document.channels, 'root', 'messages', 'a_b2', 'name')).toBe('a/b');
    expect(await problemsOf(document)).toEqual([]);
  });

  it('before the start, the contract is not known', async () => {
    let early: unknown;
    @Injectable()
    class Impatient {
      constructor(contract: WsContract) {
        try {
          contract.document();
        } catch (error) {
          early = error;
        }
      }
    }
    await documentOf([ShapesGateway], { providers: [Impatient] });
    expect(String(early)).toMatch(/started/);
  });
});
