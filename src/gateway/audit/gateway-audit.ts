import { Inject, Injectable } from '@nestjs/common';
import type { ConfigurationProblem } from '../../errors/configuration.error.js';
import { isEventName } from '../../protocol/event-name.js';
import { isReservedEvent } from '../../protocol/reserved-event.js';
import { WS_THROTTLERS, type WsThrottler } from '../../throttling/throttlers.token.js';
import { hasLoneSurrogate } from '../../validation/lone-surrogate.js';
import { deadHandlers } from './dead-handlers.js';
import { decoratedHooks } from './decorated-hooks.js';
import type { DiscoveredGateway } from '../gateway-explorer.js';
import { gatewayOptionProblems } from './gateway-options.js';
import { GuardChains } from '../guards/guard-chains.js';
import { bodyProblems } from './handler-bodies.js';
import { ModuleSettings } from './module-settings.js';
import { UnusedProviders } from './unused-providers.js';
import { throttleProblems } from './throttle-decorators.js';
import { classesIn, MODULE_UNSECURED } from '../unsecured/unsecured-list.js';
import { unsecuredProblems } from './unsecured-gateways.js';

/**
 * Checks the gateways before the first client can connect. Uses no options, so that it also works if they are wrong.
 */
@Injectable()
export class GatewayAudit {
  constructor(
    private readonly guards: GuardChains,
    private readonly settings: ModuleSettings,
    private readonly providers: UnusedProviders,
    @Inject(MODULE_UNSECURED) private readonly unsecured: unknown,
    @Inject(WS_THROTTLERS) private readonly throttlers: readonly WsThrottler[],
  ) {}

  problemsOf(gateways: readonly DiscoveredGateway[]): ConfigurationProblem[] {
    return [
      ...this.settings.problems(),
      ...this.providers.find(),
      ...gateways.flatMap(problemsOfOne),
      ...unsecuredProblems(gateways, classesIn(this.unsecured)),
      ...conflicts(gateways),
      ...deadHandlers(gateways),
      ...throttleProblems(gateways, this.throttlers),
      ...this.guards.problemsOf(gateways),
    ];
  }
}

function problemsOfOne(gateway: DiscoveredGateway): ConfigurationProblem[] {
  const { name, options, unsecured } = gateway;
  if (unsecured) return [];
  if (!options) {
    return [
      {
        name,
        message:
          'is not protected; replace @WebSocketGateway(...) with @SecureGateway({ path: ... }), ' +
          'or name it in forRoot({ unsecured }) for the time being',
      },
    ];
  }
  return [
    ...eventProblems(gateway),
    ...shapeProblems(gateway),
    ...decoratedHooks(gateway),
    ...bodyProblems(gateway),
  ];
}

function eventProblems({ name, handlers }: DiscoveredGateway): ConfigurationProblem[] {
  return handlers.flatMap(({ event, method }) => {
    const message = eventProblem(event);
    return message === undefined ? [] : [{ name: `${name}.${method}`, message }];
  });
}

function shapeProblems(gateway: DiscoveredGateway): ConfigurationProblem[] {
  const messages: string[] = [];
  if (gateway.isRequestScoped)
    messages.push(
      'is request-scoped, but a connection outlives a request; make it and its dependencies singletons',
    );
  if (gateway.isTransient)
    messages.push('is transient, so Nest never constructs it for clients; make it a singleton');
  // Nest creates transient instances for HTTP requests. For gateways, it uses objects whose constructor never ran.
  for (const enhancer of gateway.transients)
    messages.push(
      `binds ${enhancer}, which is transient, so Nest never constructs it for a gateway; make it a singleton`,
    );
  if (!gateway.isOfItsClass)
    messages.push(
      'has instances of another class, without the metadata of this one; ' +
        'let its decorators and constructor return nothing, or a class that extends it',
    );
  return [...gatewayOptionProblems(gateway), ...messages.map((message) => ({ name: gateway.name, message }))];
}

function conflicts(gateways: readonly DiscoveredGateway[]): ConfigurationProblem[] {
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

function eventProblem(event: unknown): string | undefined {
  if (!isEventName(event) || hasLoneSurrogate(event))
    return 'subscribes to an invalid event; use a string of 1 to 128 Unicode characters';
  if (!isReservedEvent(event)) return undefined;
  return `subscribes to "${event}", which is reserved by the protocol; choose another name`;
}

function policyText({ options }: DiscoveredGateway): string {
  return JSON.stringify([options?.public === true, options?.protocols ?? null]);
}
