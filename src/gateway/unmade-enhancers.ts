import type { ApplicationConfig } from '@nestjs/core';
import type { ConfigurationProblem } from '../errors/configuration.error.js';
import type { DiscoveredGateway } from './gateway-explorer.js';

/**
 * Guards and pipes that Nest would pass over for messages, in silence: it makes those that are not singletons for HTTP
 * requests only, and elsewhere has objects of their class whose constructor never ran.
 */
export function unmadeEnhancers(
  gateways: readonly DiscoveredGateway[],
  config: ApplicationConfig,
): ConfigurationProblem[] {
  if (gateways.length === 0) return [];
  return [...gateways.flatMap(ofGateway), ...ofApplication(config)];
}

function ofGateway({ name, transients }: DiscoveredGateway): ConfigurationProblem[] {
  return transients.map((enhancer) => ({
    name,
    message: `binds ${enhancer}, which is transient and so never constructed for a gateway; make it a singleton`,
  }));
}

function ofApplication(config: ApplicationConfig): ConfigurationProblem[] {
  const scoped = [...config.getGlobalRequestGuards(), ...config.getGlobalRequestPipes()];
  return scoped.map(({ metatype }) => ({
    name: metatype?.name ?? 'APP_GUARD or APP_PIPE',
    message:
      'is for the whole application, but request-scoped or transient, so that no message would meet it; ' +
      'make it a singleton, or bind it to the controllers it is for',
  }));
}
