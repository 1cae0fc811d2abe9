import { Injectable } from '@nestjs/common';
import type { ConfigurationProblem } from '../errors/configuration.error.js';
import { OPTIONS, type ResolvedOptions } from '../options/options.schema.js';
import { InjectSecurityOptions } from '../options/options.token.js';
import { isEventName } from '../protocol/event-name.js';
import { isReservedEvent } from '../protocol/reserved-event.js';
import { TokenVerifier } from '../auth/token-verifier.js';
import { UnconfiguredVerifier } from '../auth/unconfigured.verifier.js';
import { deadHandlers } from './dead-handlers.js';
import type { DiscoveredGateway } from './gateway-explorer.js';
import { bodyProblems } from './handler-bodies.js';
import { hasLoneSurrogate } from '../validation/lone-surrogate.js';

const ALTERNATIVES = [
  OPTIONS.jwtPublicKey,
  OPTIONS.jwtJwksUri,
  OPTIONS.oidcIssuer,
  OPTIONS.introspectionUrl,
  OPTIONS.apiKeysFile,
]
  .map(({ variable }) => variable)
  .join(', ');

/** Holds the gateways against what the module promises, before the first client can come. */
@Injectable()
export class GatewayAudit {
  constructor(
    @InjectSecurityOptions() private readonly options: ResolvedOptions,
    private readonly verifier: TokenVerifier,
  ) {}

  problemsOf(gateways: readonly DiscoveredGateway[]): ConfigurationProblem[] {
    return [
      ...gateways.flatMap((gateway) => this.problemsOfOne(gateway)),
      ...this.conflicts(gateways),
      ...deadHandlers(gateways),
    ];
  }

  private problemsOfOne(gateway: DiscoveredGateway): ConfigurationProblem[] {
    const { name, options } = gateway;
    if (!options) {
      return [
        {
          name,
          message: 'is not protected; replace @WebSocketGateway(...) by @SecureGateway({ path: ... })',
        },
      ];
    }
    return [...this.shapeProblems(gateway), ...this.verifierProblems(gateway), ...bodyProblems(gateway)];
  }

  private shapeProblems({ name, options, handlers, ...gateway }: DiscoveredGateway): ConfigurationProblem[] {
    const problems = handlers.flatMap(({ event, method }) => {
      const message = eventProblem(event);
      return message === undefined ? [] : [{ name: `${name}.${method}`, message }];
    });
    const messages: string[] = [];
    if (options && pathOf(options.path) !== options.path)
      messages.push(
        `has the path ${JSON.stringify(options.path)}, which no request can have; clients would ask for ${pathOf(options.path)}`,
      );
    if (gateway.isRequestScoped)
      messages.push(
        'is request-scoped, but a connection outlives a request; make it and what it injects singletons',
      );
    if (gateway.isTransient)
      messages.push('is transient, and so never constructed for its clients; make it a singleton');
    // Nest makes them for HTTP requests, and has objects elsewhere whose constructor never ran.
    for (const enhancer of gateway.transients)
      messages.push(
        `binds ${enhancer}, which is transient and so never constructed for a gateway; make it a singleton`,
      );
    if (!gateway.isOfItsClass)
      messages.push(
        'has instances of another class, where nothing that is said of this one is found; ' +
          'let decorators and constructors of it return a class that extends it, or nothing',
      );
    return [...problems, ...messages.map((message) => ({ name, message }))];
  }

  private verifierProblems({ name, options }: DiscoveredGateway): ConfigurationProblem[] {
    const { authSources } = this.options;
    if (authSources.every((source) => source === 'ticket')) return [];
    if (options?.public === true || !(this.verifier instanceof UnconfiguredVerifier)) return [];
    const message = `is required, because ${name} is not public: a secret of at least 32 bytes, or instead of it ${ALTERNATIVES}, or provide a TokenVerifier`;
    return [{ name: this.options.jwtSecret === undefined ? 'WS_JWT_SECRET' : name, message }];
  }

  private conflicts(gateways: readonly DiscoveredGateway[]): ConfigurationProblem[] {
    const first = new Map<string, DiscoveredGateway>();
    return gateways.flatMap((gateway) => {
      if (!gateway.options) return [];
      const { port = 0, path } = gateway.options;
      const other = first.get(`${port}${path}`);
      if (!other) first.set(`${port}${path}`, gateway);
      if (!other || policyText(other) === policyText(gateway)) return [];
      const message = `shares the path ${path} with ${other.name} but not its "public" and "protocols"; make them equal`;
      return [{ name: gateway.name, message }];
    });
  }
}

function eventProblem(event: unknown): string | undefined {
  if (!isEventName(event) || hasLoneSurrogate(event))
    return 'subscribes to what no frame can name; an event is a string of 1 to 128 characters';
  if (!isReservedEvent(event)) return undefined;
  return `subscribes to "${event}", which the protocol keeps for itself; choose another name`;
}

/** What a client makes of a path (WHATWG URL): percent-encoded, without dot segments, query and fragment. */
function pathOf(path: string): string {
  return new URL(`ws://localhost${path}`).pathname;
}

function policyText({ options }: DiscoveredGateway): string {
  return JSON.stringify([options?.public === true, options?.protocols ?? null]);
}
