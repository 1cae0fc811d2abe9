import type { Type } from '@nestjs/common';
import type { ConfigurationProblem } from '../../errors/configuration.error.js';
import { GATEWAY_METADATA } from '../../nest/metadata-keys.js';
import { OPTIONS, type ResolvedOptions } from '../../options/options.schema.js';
import type { DiscoveredGateway } from '../gateway-explorer.js';
import { SECURE_GATEWAY } from '../secure-gateway-options.js';
import { sharedPlaces } from './shared-places.js';
import { unsecuredOptionProblems } from './unsecured-options.js';

/** Problems of `forRoot({ unsecured })` and of the gateways that it names. */
export function unsecuredProblems(
  gateways: readonly DiscoveredGateway[],
  listed: readonly Type[],
): ConfigurationProblem[] {
  return [
    ...listed.flatMap((type) => listProblems(type, gateways)),
    ...gateways.filter(({ unsecured }) => unsecured).flatMap(problemsOfOne),
    ...sharedPlaces(gateways),
  ];
}

/** Production needs a second word, so that a setting for a move does not stay by mistake. */
export function allowanceProblems(
  gateways: readonly DiscoveredGateway[],
  { production, allowUnsecured }: Pick<ResolvedOptions, 'production' | 'allowUnsecured'>,
): ConfigurationProblem[] {
  const names = gateways.filter(({ unsecured }) => unsecured).map(({ name }) => name);
  if (!production || allowUnsecured || names.length === 0) return [];
  const message =
    `must be true in production, because forRoot({ unsecured }) names ${names.join(', ')}; ` +
    'or secure the gateways with @SecureGateway({ path: ... })';
  return [{ name: OPTIONS.allowUnsecured.variable, message }];
}

function listProblems(type: Type, gateways: readonly DiscoveredGateway[]): ConfigurationProblem[] {
  const message = listProblem(type, gateways);
  return message === undefined ? [] : [{ name: 'WsSecurityModule', message }];
}

function listProblem(type: Type, gateways: readonly DiscoveredGateway[]): string | undefined {
  const named = `names ${type.name} in unsecured, `;
  if (!Reflect.hasMetadata(GATEWAY_METADATA, type))
    return `${named}which is not a gateway; name classes with @WebSocketGateway()`;
  if (Reflect.hasMetadata(SECURE_GATEWAY, type))
    return `${named}which has @SecureGateway(), or extends a class that has it; remove it from the list`;
  if (!gateways.some((gateway) => gateway.type === type))
    return `${named}but no module provides it; remove it from the list`;
  return undefined;
}

function problemsOfOne(gateway: DiscoveredGateway): ConfigurationProblem[] {
  const messages = unsecuredOptionProblems(gateway);
  if (gateway.isRequestScoped || gateway.isTransient)
    messages.push(
      'is not a singleton, but a connection outlives a request; make it and its dependencies singletons',
    );
  if (hasAccessRules(gateway))
    messages.push(
      'has decorators of this module, such as @WsRoles(), which have no effect on an unsecured gateway; ' +
        'secure it with @SecureGateway({ path: ... }), or remove them',
    );
  return messages.map((message) => ({ name: gateway.name, message }));
}

function hasAccessRules({ type, handlers }: DiscoveredGateway): boolean {
  return [type, ...handlers.map(({ callback }) => callback)].some((place) =>
    (Reflect.getMetadataKeys(place) as unknown[]).some(isRule),
  );
}

/** Whether a metadata key is that of a decorator for secured gateways. `SECURE_GATEWAY` is reported elsewhere. */
function isRule(key: unknown): boolean {
  return String(key).startsWith('ws-security:') && key !== SECURE_GATEWAY;
}
