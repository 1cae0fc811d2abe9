import { type ArgumentsHost, Injectable, Scope, UseFilters, ValidationPipe } from '@nestjs/common';
import { MessageBody, SubscribeMessage } from '@nestjs/websockets';
import { ThrottlerGuard, ThrottlerStorage } from '@nestjs/throttler';
import { Module } from '@nestjs/common';
import {
  CredentialExtractor,
  type ErrorBody,
  PrincipalMapper,
  RoomPolicy,
  SecureGateway,
  SlidingWindowStorage,
  TokenVerifier,
  ValidationFailedException,
  WS_THROTTLER_STORAGE,
  WsAuthGuard,
  WsAuthorizationGuard,
  WsConnectGuard,
  WsExceptionFilter,
  WsPolicyGuard,
  WsRoles,
  WsSecurityException,
  WsThrottlerGuard,
  WsValidationPipe,
  WsSecurityModule,
} from 'nestjs-ws-security';
import { UseGuards } from '@nestjs/common';
import { EchoDto, EchoGateway } from '../support/echo.gateway.js';
import { problemsOf } from '../support/problems-of.js';
import { type AppOptions, startApp } from '../support/start-app.js';
import { TestClient } from '../support/test-client.js';
import { mintToken } from '../support/tokens.js';

@Injectable()
class Dictionary {
  readonly forbidden = 'heresy';
}

/** Also refuses a forbidden word. */
@Injectable()
class CensoringPipe extends WsValidationPipe {
  constructor(private readonly dictionary: Dictionary) {
    super();
  }

  override async transform(value: unknown, metadata: never): Promise<unknown> {
    return this.censored(await super.transform(value, metadata));
  }

  override async validated(value: unknown, metadata: never): Promise<unknown> {
    return this.censored(await super.validated(value, metadata));
  }

  private censored(body: unknown): unknown {
    if (body instanceof EchoDto && body.text === this.dictionary.forbidden)
      throw new ValidationFailedException([{ path: 'text', constraint: 'censored', message: 'is not said' }]);
    return body;
  }
}

/** Answers every exception with the same message. */
@Injectable()
class PoliteFilter extends WsExceptionFilter {
  static readonly seen: unknown[] = [];

  override catch(exception: unknown, host: ArgumentsHost): void {
    PoliteFilter.seen.push(exception);
    // oxlint-disable-next-line promise/valid-params -- the method of a filter
    super.catch(exception, host);
  }

  protected override toBody(exception: unknown, event: string | undefined): ErrorBody {
    return { ...super.toBody(exception, event), message: 'We are sorry.' };
  }
}

class TeapotError extends Error {}

@Injectable()
class TeapotFilter extends WsExceptionFilter {
  protected override toBody(exception: unknown, event: string | undefined): ErrorBody {
    if (!(exception instanceof TeapotError)) return super.toBody(exception, event);
    return new WsSecurityException('FORBIDDEN', 'I am a teapot.').toBody();
  }
}

@Injectable()
class LookingPolicy extends WsPolicyGuard<EchoDto> {
  static readonly seen: unknown[] = [];

  protected isPermitted({ body }: { body: EchoDto }): boolean {
    LookingPolicy.seen.push(body);
    return true;
  }
}

@SecureGateway({ path: '/ws' })
class Gateway {
  @SubscribeMessage('echo')
  echo(@MessageBody() { text }: EchoDto): string {
    return text;
  }

  @UseGuards(LookingPolicy)
  @SubscribeMessage('policy')
  policy(@MessageBody() { text }: EchoDto): string {
    return text;
  }

  @WsRoles('admin')
  @SubscribeMessage('admin')
  admin(): boolean {
    return true;
  }

  @UseFilters(TeapotFilter)
  @SubscribeMessage('brew')
  brew(): never {
    throw new TeapotError();
  }

  @SubscribeMessage('fail')
  fail(): never {
    throw new WsSecurityException('FORBIDDEN', 'Not today.');
  }
}

async function withClient(
  module: AppOptions['module'],
  run: (client: TestClient) => Promise<void>,
): Promise<void> {
  const running = await startApp({ gateways: [Gateway], module });
  const client = await TestClient.connect(`${running.url}/ws`, { token: await mintToken() });
  try {
    await run(client);
  } finally {
    await client.close();
    await running.close();
  }
}

describe('C6 a provider that replaces the built-in', () => {
  it.each<[string, object]>([
    ['a class', { useClass: CensoringPipe }],
    ['a factory', { inject: [Dictionary], useFactory: (words: Dictionary) => new CensoringPipe(words) }],
    ['another provider', { useExisting: CensoringPipe }],
    ['a value', { useValue: new CensoringPipe(new Dictionary()) }],
  ])('C6 validation pipe is called for gateways and policies: %s', async (_how, provider) => {
    LookingPolicy.seen.length = 0;
    const providers = [Dictionary, CensoringPipe, { provide: WsValidationPipe, ...provider } as never];
    await withClient({ providers }, async (client) => {
      for (const event of ['echo', 'policy']) {
        expect(await client.request(event, { text: 'hi' })).toMatchObject({ event, data: 'hi' });
        expect(await client.request(event, { text: 'heresy' })).toMatchObject({
          data: { code: 'VALIDATION_FAILED', errors: [{ constraint: 'censored' }] },
        });
        expect(await client.request(event, { text: 5 })).toMatchObject({
          data: { code: 'VALIDATION_FAILED' },
        });
      }
    });
    expect(LookingPolicy.seen).toEqual([{ text: 'hi' }]);
  });

  it('C6 exception filter gets every exception, also those of guards, after the filters of a handler', async () => {
    PoliteFilter.seen.length = 0;
    const providers = [{ provide: WsExceptionFilter, useClass: PoliteFilter }];
    await withClient({ providers }, async (client) => {
      const sorry = (code: string): object => ({ data: { code, message: 'We are sorry.' } });
      expect(await client.request('fail')).toMatchObject(sorry('FORBIDDEN'));
      expect(await client.request('admin')).toMatchObject(sorry('FORBIDDEN'));
      expect(await client.request('echo', {})).toMatchObject(sorry('VALIDATION_FAILED'));
      expect(PoliteFilter.seen).toHaveLength(3);
      expect(await client.request('brew')).toMatchObject({ data: { message: 'I am a teapot.' } });
    });
  });

  it('C6 pipe may be transient', async () => {
    @Injectable({ scope: Scope.TRANSIENT })
    class Transient extends CensoringPipe {}
    const providers = [Dictionary, { provide: WsValidationPipe, useClass: Transient }];
    await withClient({ providers }, async (client) => {
      expect(await client.request('echo', { text: 'heresy' })).toMatchObject({
        data: { code: 'VALIDATION_FAILED' },
      });
    });
  });
});

describe('C6 the start of the application', () => {
  it.each<[string, unknown, string]>([
    ['a pipe', WsValidationPipe, 'WsValidationPipe'],
    ['a filter', WsExceptionFilter, 'WsExceptionFilter'],
  ])('C6 fails when %s is provided that does not extend the built-in class', async (_what, provide, name) => {
    class Stranger {
      transform(): boolean {
        return true;
      }
      catch(): void {
        return undefined;
      }
    }
    for (const provider of [{ useClass: Stranger }, { useFactory: () => new Stranger() }])
      expect(
        await problemsOf({
          gateways: [Gateway],
          module: { providers: [{ provide, ...provider } as never] },
        }),
      ).toEqual([
        `WsSecurityModule: is given a provider for ${name} that does not extend it; let its class extend ${name}`,
      ]);
  });

  it.each([
    TokenVerifier,
    WsValidationPipe,
    WsExceptionFilter,
    RoomPolicy,
    CredentialExtractor,
    PrincipalMapper,
    WsAuthGuard,
  ])('C5 C6 fails when %p is request-scoped, instead of leaving gateways unprotected', async (provide) => {
    @Injectable({ scope: Scope.REQUEST })
    class Scoped extends (provide as new () => object) {}
    const problems = await problemsOf({
      gateways: [Gateway],
      module: { providers: [{ provide: provide as never, useClass: Scoped }] },
    });
    expect(problems).toEqual([expect.stringMatching(/is given request-scoped providers|is request-scoped/)]);
  });

  it.each<[string, unknown, RegExp]>([
    ['WsConnectGuard', WsConnectGuard, /name the class in connectGuards/],
    ['WsPolicyGuard', WsPolicyGuard, /name the class in guards/],
    ['ThrottlerGuard', ThrottlerGuard, /provide WsThrottlerGuard/],
    ['ThrottlerStorage', ThrottlerStorage, /provide WS_THROTTLER_STORAGE/],
    ['ValidationPipe', ValidationPipe, /provide WsValidationPipe/],
  ])('C6 fails when %s is provided, which the module never uses', async (name, provide, hint) => {
    const providers = [{ provide: provide as never, useValue: {} }];
    const [problem, ...others] = await problemsOf({ gateways: [Gateway], module: { providers } });
    expect(problem).toMatch(
      new RegExp(`^WsSecurityModule: is given ${name} in providers, which has no effect`),
    );
    expect(problem).toMatch(hint);
    expect(others).toEqual([]);
  });

  it('C6 allows a storage under Nest’s token if the module’s token refers to it', async () => {
    const providers = [
      { provide: ThrottlerStorage, useClass: SlidingWindowStorage },
      { provide: WS_THROTTLER_STORAGE, useExisting: ThrottlerStorage },
    ];
    expect(await problemsOf({ gateways: [Gateway], module: { providers } })).toEqual([]);
  });

  it.each<[string, unknown]>([
    ['TokenVerifier', TokenVerifier],
    ['WsValidationPipe', WsValidationPipe],
    ['WsExceptionFilter', WsExceptionFilter],
    ['WsAuthorizationGuard', WsAuthorizationGuard],
    ['WsThrottlerGuard', WsThrottlerGuard],
    ['WS_THROTTLER_STORAGE', WS_THROTTLER_STORAGE],
  ])(
    'C6 fails when another module provides %s, where our module would not find it',
    async (name, provide) => {
      @Module({ providers: [{ provide: provide as never, useValue: {} }] })
      class FeatureModule {}
      const problems = await problemsOf({ gateways: [EchoGateway], module: { imports: [FeatureModule] } });
      expect(problems).toEqual([
        expect.stringMatching(
          new RegExp(
            `^FeatureModule: provides ${name}, which only the providers of WsSecurityModule can replace`,
          ),
        ),
      ]);
    },
  );

  it('C6 fails with one problem when our module is imported twice', async () => {
    @Module({ imports: [WsSecurityModule.forRoot({ rateLimit: 7 })] })
    class FeatureModule {}
    expect(await problemsOf({ gateways: [EchoGateway], module: { imports: [FeatureModule] } })).toEqual([
      'WsSecurityModule: is imported with forRoot() more than once; import it in one module only, it is global',
    ]);
  });

  it('C6 allows another module to provide a built-in class unchanged', async () => {
    @Module({ providers: [WsValidationPipe, WsExceptionFilter] })
    class FeatureModule {}
    expect(await problemsOf({ gateways: [EchoGateway], module: { imports: [FeatureModule] } })).toEqual([]);
  });
});
