import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { ApplicationConfig, HttpAdapterHost } from '@nestjs/core';
import { ADMIN_SETTINGS, type AdminSettings } from '../ws-admin-options.js';
import { errorOfStatus } from './error-of.js';
import { answerOf, OperatorError } from './operator.error.js';

/** The part of an Express application that is used. */
interface ExpressApp {
  readonly router: { readonly stack: readonly { readonly route?: { readonly path: unknown } }[] };
  use(path: string, handler: ExpressHandler | ExpressErrorHandler): void;
}

type ExpressHandler = (request: object, response: object) => void;
// Express knows handlers of errors by their four parameters.
type ExpressErrorHandler = (
  error: unknown,
  request: object,
  response: object,
  next: (error: unknown) => void,
) => void;

/** The part of a Fastify application that is used. */
interface FastifyApp {
  hasRoute(route: { readonly method: 'GET'; readonly url: string }): boolean;
  addHook(
    name: 'onSend',
    hook: (request: { readonly url: string }, reply: FastifyReply, payload: unknown) => Promise<unknown>,
  ): void;
}

interface FastifyReply {
  readonly statusCode: number;
  getHeader(name: string): unknown;
  headers(values: Readonly<Record<string, string>>): void;
  removeHeader(name: string): void;
}

/** Any route of the API, to learn where it is. */
const ROUTE = '/overview';
const PROBLEM = /^application\/problem\+json/;

/**
 * Makes problem documents of what the HTTP framework refuses below the path of the API before a request reaches its
 * routes: unknown routes, and bodies that it cannot read.
 */
@Injectable()
export class FrameworkErrors implements OnModuleInit {
  constructor(
    @Inject(ADMIN_SETTINGS) private readonly settings: AdminSettings,
    private readonly host: HttpAdapterHost,
    private readonly config: ApplicationConfig,
  ) {}

  /** Nest has registered the routes, but neither its own answer to unknown ones nor the one to errors. */
  onModuleInit(): void {
    const { httpAdapter } = this.host;
    const type = httpAdapter?.getType();
    if (type === 'express') this.addToExpress(httpAdapter.getInstance<ExpressApp>());
    if (type === 'fastify') this.addToFastify(httpAdapter.getInstance<FastifyApp>());
  }

  private addToExpress(app: ExpressApp): void {
    const { httpAdapter } = this.host;
    const paths = new Set(app.router.stack.map(({ route }) => route?.path));
    const answer = (response: object, error: OperatorError): void => {
      const { status, headers, body } = answerOf(error);
      for (const [name, value] of Object.entries(headers)) httpAdapter.setHeader(response, name, value);
      httpAdapter.reply(response, body, status);
    };
    const unknown: ExpressHandler = (_request, response) => answer(response, new OperatorError('NOT_FOUND'));
    const failed: ExpressErrorHandler = (error, _request, response, next) => {
      // Readers of bodies and the router throw errors with a status.
      const known = errorOfStatus((error as { status?: unknown } | undefined)?.status);
      if (known && !httpAdapter.isHeadersSent(response)) answer(response, known);
      else next(error);
    };
    for (const place of this.places((url) => paths.has(url))) {
      app.use(place, unknown);
      app.use(place, failed);
    }
  }

  private addToFastify(app: FastifyApp): void {
    const places = this.places((url) => app.hasRoute({ method: 'GET', url }));
    if (places.length === 0) return;
    app.addHook('onSend', (request, reply, payload) => {
      const [path = ''] = request.url.split('?');
      const isOurs = places.some((place) => path === place || path.startsWith(`${place}/`));
      const { statusCode } = reply;
      if (!isOurs || statusCode < 400 || PROBLEM.test(String(reply.getHeader('content-type'))))
        return Promise.resolve(payload);
      const { headers, body } = answerOf(errorOfStatus(statusCode) ?? new OperatorError('INTERNAL_ERROR'));
      reply.removeHeader('content-length');
      reply.headers(headers);
      return Promise.resolve(body);
    });
  }

  /** Where the API is. Its path can be excluded from the global prefix. */
  private places(isRoute: (url: string) => boolean): string[] {
    const { path } = this.settings;
    const prefix = this.config.getGlobalPrefix().replace(/^\/?/, '/').replace(/\/$/, '');
    return [...new Set([`${prefix}${path}`, path])].filter((place) => isRoute(`${place}${ROUTE}`));
  }
}
