import { Injectable, Module, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Throttle } from '@nestjs/throttler';
import { SubscribeMessage, WebSocketGateway } from '@nestjs/websockets';
import {
  SecureGateway,
  TokenVerifier,
  WsConfigurationError,
  WsSecurityModule,
  type WsSecurityOptions,
} from 'nestjs-ws-security';
import { defineOptions } from '../../src/options/define-options.js';
import { FurtherOptions } from '../../src/options/further-options.js';
import { integer } from '../../src/options/option-parsers.js';
import { option } from '../../src/options/options-table.js';
import { certificate } from '../support/certificate.js';
import { EchoGateway, PublicGateway } from '../support/echo.gateway.js';
import { ownPort } from '../support/own-port.js';
import { problemsOf } from '../support/problems-of.js';
import { Service } from '../support/service.js';
import { TestClient } from '../support/test-client.js';
import { SECRET } from '../support/tokens.js';

@SecureGateway({ path: '/rooms/:id' })
class WrongGateway {
  @Throttle({ short: { limit: 1, ttl: 1000 } })
  @SubscribeMessage('body')
  body(_client: object, data: unknown): unknown {
    return data;
  }
}

@WebSocketGateway({ path: '/open' })
class OpenGateway {}

const namesOf = (problems: readonly string[]): string[] =>
  problems.map((problem) => problem.split(':')[0] as string);

async function inProduction<T>(run: () => Promise<T>): Promise<T> {
  const environment = process.env['NODE_ENV'];
  process.env['NODE_ENV'] = 'production';
  try {
    return await run();
  } finally {
    process.env['NODE_ENV'] = environment;
  }
}

/** Starts an application like its own `main.ts` does. */
async function problemsOfMain(
  gateways: Type[],
  options: WsSecurityOptions,
  main: { httpsOptions?: object } = {},
): Promise<string[]> {
  @Module({ imports: [WsSecurityModule.forRoot(options)], providers: gateways })
  class AppModule {}

  try {
    const app = await NestFactory.create(AppModule, { ...main, abortOnError: false, logger: false });
    await app.init();
    await app.close();
  } catch (error) {
    if (!(error instanceof WsConfigurationError)) throw error;
    return error.problems.map(({ name, message }) => `${name}: ${message}`);
  }
  return [];
}

describe('C7 one failed start reports every problem:', () => {
  it('C7 the options of another entry point together with those of the module', async () => {
    const further = new FurtherOptions(
      defineOptions({ timeoutMs: option('WS_STORE_TIMEOUT_MS', integer(1)) }, { owner: 'StoreModule' }),
      { timeoutMs: 0 },
    );
    const problems = await problemsOf({
      gateways: [EchoGateway],
      options: { rateLimit: -1, jwtSecret: SECRET },
      module: { providers: [{ provide: Symbol('store'), useValue: further }] },
    });
    expect(namesOf(problems)).toEqual(['WS_RATE_LIMIT', 'WS_STORE_TIMEOUT_MS']);
  });

  it('C7 wrong options together with wrong gateways', async () => {
    const problems = await problemsOf({
      gateways: [WrongGateway, OpenGateway],
      options: { rateLimit: -1, ipv6Prefix: 129 },
      module: { throttlers: [{ name: 'long', limit: NaN, ttl: 1000 }], guards: [undefined as never] },
    });
    expect(namesOf(problems)).toEqual([
      'WS_IPV6_PREFIX',
      'WS_RATE_LIMIT',
      'WsSecurityModule',
      'WsSecurityModule',
      'WrongGateway',
      'WrongGateway.body',
      'OpenGateway',
    ]);
  });

  it.each(['/nonexistent', 'package.json'])(
    'C7 a secret whose file is %s is not reported as missing too',
    async (file) => {
      const environment = {
        WS_JWT_SECRET_FILE: file,
        ...(file === 'package.json' && { WS_JWT_SECRET: SECRET }),
      };
      Object.assign(process.env, environment);
      try {
        expect(namesOf(await problemsOfMain([EchoGateway], {}))).toEqual(['WS_JWT_SECRET_FILE']);
      } finally {
        for (const name of Object.keys(environment)) Reflect.deleteProperty(process.env, name);
      }
    },
  );

  it('C2 C7 the options, gateways and plain HTTP of production', () =>
    inProduction(async () => {
      const weak = { allowedOrigins: ['*'], allowedHosts: ['*'], jwtSecret: 'short' };
      expect(namesOf(await problemsOfMain([WrongGateway], weak))).toEqual([
        'WS_JWT_SECRET',
        'WS_ALLOWED_ORIGINS',
        'WS_ALLOWED_HOSTS',
        'WS_JWT_ISSUER',
        'WS_JWT_AUDIENCE',
        'WrongGateway',
        'WrongGateway.body',
        'WrongGateway.body',
        'WS_TRUSTED_PROXIES',
      ]);
      const httpsOptions = await certificate();
      expect(namesOf(await problemsOfMain([EchoGateway], weak, { httpsOptions }))).not.toContain(
        'WS_TRUSTED_PROXIES',
      );
    }));

  it('C2 C7 a missing secret, and the options it needs in production', () =>
    inProduction(async () => {
      const missing = ['WS_JWT_SECRET', 'WS_JWT_ISSUER', 'WS_JWT_AUDIENCE', 'WS_TRUSTED_PROXIES'];
      expect(namesOf(await problemsOfMain([EchoGateway, PublicGateway], {}))).toEqual(missing);
      expect(namesOf(await problemsOfMain([EchoGateway], { rateLimit: 0 }))).toEqual([
        'WS_RATE_LIMIT',
        ...missing,
      ]);
      expect(namesOf(await problemsOfMain([PublicGateway], {}))).toEqual(['WS_TRUSTED_PROXIES']);
      // A gateway's own port also uses plain HTTP without a certificate for it.
      @SecureGateway({ path: '/own', port: await ownPort(), public: true })
      class OwnPort {}
      expect(namesOf(await problemsOfMain([OwnPort], {}, { httpsOptions: await certificate() }))).toEqual([
        'WS_TRUSTED_PROXIES',
      ]);
    }));

  it('C7 but no missing secret when the application has its own verifier', () =>
    inProduction(async () => {
      const options = { rateLimit: 0, trustedProxies: ['10.0.0.1'] };
      const providers = [{ provide: TokenVerifier, useValue: { verify: () => undefined } }];
      const config = { gateways: [EchoGateway], options: { ...options, jwtSecret: undefined } };
      expect(namesOf(await problemsOf({ ...config, module: { providers } }))).toEqual(['WS_RATE_LIMIT']);
    }));

  it('C7 without creating providers that need options, and without opening a port', async () => {
    const port = await ownPort();
    let made = 0;

    @Injectable()
    class Verifier extends TokenVerifier {
      constructor() {
        super();
        made += 1;
      }

      override verify(): never {
        throw new Error('never asked');
      }
    }

    @SecureGateway({ path: '/own', port })
    class OwnPort {}
    const config = {
      gateways: [OwnPort],
      module: { providers: [{ provide: TokenVerifier, useClass: Verifier }] },
    };
    expect(await problemsOf({ ...config, options: { rateLimit: 0 } })).toHaveLength(1);
    await expect(TestClient.connect(`ws://127.0.0.1:${port}/own`)).rejects.toThrow('ECONNREFUSED');
    expect(await problemsOf(config)).toEqual([]);
    expect(made).toBeGreaterThan(0);
  });

  it('C7 with options from another provider', async () => {
    @Module({
      imports: [
        WsSecurityModule.forRootAsync({ useFactory: () => Promise.resolve({ rateLimit: 0, guards: [] }) }),
      ],
      providers: [WrongGateway],
    })
    class AppModule {}
    const error: unknown = await NestFactory.create(AppModule, { abortOnError: false, logger: false }).catch(
      (reason: unknown) => reason,
    );
    expect((error as WsConfigurationError).problems.map(({ name }) => name)).toEqual([
      'guards',
      'WS_RATE_LIMIT',
      'WrongGateway',
      'WrongGateway.body',
      'WrongGateway.body',
      'WS_JWT_SECRET',
    ]);
  });
});

describe('C7 one start of the reference service reports', () => {
  const tls = { WS_TLS_CERT_FILE: 'package.json', WS_TLS_KEY_FILE: '/nonexistent' };

  it.each<[string, NodeJS.ProcessEnv, string[]]>([
    ['without a secret', {}, ['WS_JWT_SECRET', 'WS_JWT_ISSUER', 'WS_JWT_AUDIENCE']],
    [
      'over plain HTTP',
      { PLAIN_HTTP: '1', WS_ALLOWED_ORIGINS: '*' },
      ['WS_ALLOWED_ORIGINS', 'WS_JWT_SECRET', 'WS_JWT_ISSUER', 'WS_JWT_AUDIENCE', 'WS_TRUSTED_PROXIES'],
    ],
    [
      'with a wrong certificate, port and secret',
      { ...tls, PORT: 'abc', WS_JWT_SECRET: 'canary', WS_JWT_ISSUER: 'id' },
      ['PORT', 'WS_TLS_KEY_FILE', 'WS_JWT_SECRET', 'WS_JWT_AUDIENCE'],
    ],
    [
      'with a file that is not a certificate',
      { WS_TLS_CERT_FILE: 'package.json', WS_TLS_KEY_FILE: 'package.json', WS_JWT_AUD: 'canary' },
      [
        'WS_TLS_CERT_FILE',
        'WS_TLS_KEY_FILE',
        'WS_JWT_SECRET',
        'WS_JWT_ISSUER',
        'WS_JWT_AUDIENCE',
        'WS_JWT_AUD',
      ],
    ],
  ])('C7 every problem in production %s', async (_what, environment, names) => {
    const service = Service.spawn({ NODE_ENV: 'production', ...environment });
    expect(await service.exited).toEqual({ code: 1, signal: null });
    const lines = service.stderr.trim().split('\n').slice(1);
    expect(lines.map((line) => line.split(':')[0])).toEqual(names);
    expect(service.stderr).not.toContain('canary');
  });

  it('C6 unknown variables, one per line, and starts', async () => {
    const service = await Service.start({
      WS_JWT_SECRET: SECRET,
      WS_ALLOWED_ORIGIN: 'https://canary.test',
      WS_JWT_AUD: 'canary',
      NO_COLOR: '1',
    });
    await service.stop();
    const told = service.stdout.split('\n').filter((line) => line.includes('is not a variable'));
    expect(told).toEqual([
      expect.stringMatching(/WARN.*\[WsSecurity\] WS_ALLOWED_ORIGIN: .*did you mean WS_ALLOWED_ORIGINS\?/),
      expect.stringMatching(/WARN.*\[WsSecurity\] WS_JWT_AUD: .*did you mean WS_JWT_AUDIENCE\?/),
    ]);
    expect(service.stdout + service.stderr).not.toContain('canary');
  });
});
