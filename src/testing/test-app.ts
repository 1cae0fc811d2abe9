import 'reflect-metadata';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type {
  DynamicModule,
  INestApplication,
  ModuleMetadata,
  NestApplicationOptions,
  Provider,
  Type,
} from '@nestjs/common';
import type { AbstractHttpAdapter } from '@nestjs/core';
import { Test, type TestingModuleBuilder } from '@nestjs/testing';
import type { JWTPayload } from 'jose';
import { Clock, type ResolvedOptions, SECURITY_OPTIONS, WsSecurityModule } from '../index.js';
import type { WsSecurityOptions } from '../options/options.schema.js';
import { resolveOptions } from '../options/resolve-options.js';
import { StartProblems } from '../options/start-problems.js';
import { GIVEN_OPTIONS, type WsSecurityModuleExtras } from '../ws-security.module-definition.js';
import { testOptions } from './test-options.js';
import { mintToken, type TestTokenOptions } from './test-token.js';

const HMAC = ['HS256', 'HS384', 'HS512'] as const;

const FOR_ROOT_BESIDE_MODULE =
  'startTestApp: forRoot has no effect beside module, which calls WsSecurityModule.forRoot() itself; ' +
  'leave one of them out, or replace providers of the module with override';

/** The options of `startTestApp()`. @publicApi */
export interface TestAppOptions extends Pick<ModuleMetadata, 'imports' | 'controllers' | 'providers'> {
  /** The gateways under test. */
  gateways?: Provider[];
  /** Options of `WsSecurityModule`, which override the defaults of `module`. */
  options?: WsSecurityOptions;
  /** Further arguments of `WsSecurityModule.forRoot()`. Not together with `module`. */
  forRoot?: WsSecurityModuleExtras;
  /** A module that imports `WsSecurityModule` itself. The module is then not added. */
  module?: Type | DynamicModule;
  /** Replaces the system clock. */
  clock?: Clock;
  /** Replaces providers: `(builder) => builder.overrideProvider(Users).useValue(fake)`. */
  override?: (builder: TestingModuleBuilder) => unknown;
  /** Called before the application listens: global pipes, a prefix, middleware. */
  beforeInit?: (app: INestApplication) => unknown;
  /** Replaces the adapter of `@nestjs/platform-express`. */
  httpAdapter?: AbstractHttpAdapter;
  /** Serves `https:` and `wss:` with Express. Other adapters have their own setting. */
  tls?: { cert: string; key: string };
  /** Default: a free port. */
  port?: number;
  /** Default: only errors. */
  logger?: NestApplicationOptions['logger'];
}

/** An application started by `startTestApp()`. @publicApi */
export interface TestApp {
  app: INestApplication;
  port: number;
  /** `ws://127.0.0.1:…` or `wss://127.0.0.1:…`, without a path. */
  url: string;
  /**
   * Creates a token for this application: signed with its secret, for its issuer and audience, valid by its clock.
   *
   * @throws Error if it has no secret
   */
  mintToken(claims?: JWTPayload, options?: TestTokenOptions): Promise<string>;
  close(): Promise<void>;
}

/**
 * Starts a Nest application with `WsSecurityModule` on a free port of the loopback. Close it after the test.
 *
 * @throws errors of the start, such as `WsConfigurationError`
 * @throws TypeError if `module` and `forRoot` are both given
 * @publicApi
 */
export async function startTestApp(config: TestAppOptions = {}): Promise<TestApp> {
  if (config.module && config.forRoot) throw new TypeError(FOR_ROOT_BESIDE_MODULE);
  const builder = Test.createTestingModule({
    imports: [config.module ?? WsSecurityModule.forRoot(config.forRoot), ...(config.imports ?? [])],
    controllers: config.controllers ?? [],
    providers: [...(config.gateways ?? []), ...(config.providers ?? [])],
  });
  builder.overrideProvider(SECURITY_OPTIONS).useFactory({
    factory: (given: WsSecurityOptions, further: StartProblems) => {
      const sources = { given, options: config.options ?? {}, environment: process.env };
      const { options, environment } = testOptions(sources);
      return resolveOptions(options, environment, further);
    },
    inject: [GIVEN_OPTIONS, StartProblems],
  });
  if (config.clock) builder.overrideProvider(Clock).useValue(config.clock);
  config.override?.(builder);
  const module = await builder.compile();
  const nestOptions: NestApplicationOptions = {
    logger: config.logger ?? ['error', 'fatal'],
    forceCloseConnections: true,
    ...(config.tls && { httpsOptions: config.tls }),
  };
  const app = config.httpAdapter
    ? module.createNestApplication(config.httpAdapter, nestOptions)
    : module.createNestApplication(nestOptions);
  try {
    await config.beforeInit?.(app);
    await app.listen(config.port ?? 0, '127.0.0.1');
  } catch (error) {
    // Running servers would keep the test runner alive.
    await app.close().catch(() => undefined);
    throw error;
  }
  const { port } = (app.getHttpServer() as Server).address() as AddressInfo;
  return {
    app,
    port,
    url: `${config.tls ? 'wss' : 'ws'}://127.0.0.1:${port}`,
    mintToken: (claims, options) => mintFor(app, claims, options),
    close: () => app.close(),
  };
}

async function mintFor(
  app: INestApplication,
  claims: JWTPayload | undefined,
  options: TestTokenOptions | undefined,
): Promise<string> {
  const resolved = app.get<ResolvedOptions>(SECURITY_OPTIONS, { strict: false });
  const { jwtIssuer, jwtAudience, jwtAudienceClaim, jwtType } = resolved;
  const secret = options?.secret ?? resolved.jwtSecret;
  if (secret === undefined)
    throw new Error(
      'cannot mint a token: the application has no secret; set jwtSecret in options of the test',
    );
  const own = {
    ...(jwtIssuer && { iss: jwtIssuer[0] }),
    ...(jwtAudience && { [jwtAudienceClaim]: jwtAudience[0] }),
  };
  const now = app.get(Clock, { strict: false }).now();
  const algorithm = HMAC.find((name) => resolved.jwtAlgorithms?.includes(name) ?? true);
  return mintToken(
    { ...own, ...claims },
    {
      now,
      ...(algorithm && { algorithm }),
      ...(jwtType !== undefined && { type: jwtType }),
      ...options,
      secret,
    },
  );
}
