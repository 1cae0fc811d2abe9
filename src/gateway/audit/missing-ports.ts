import type { ConfigurationProblem } from '../../errors/configuration.error.js';
import type { DiscoveredGateway } from '../gateway-explorer.js';
import { portOf } from '../secure-gateway-options.js';

/** Gateways that would share the port of a server which an application without HTTP, such as a microservice, has not. */
export function portProblems(gateways: readonly DiscoveredGateway[]): ConfigurationProblem[] {
  return gateways
    .filter(({ options }) => options && portOf(options) === 0)
    .map(({ name, options }) => {
      const message =
        'shares the port of an HTTP server, and this application has none; give the gateway a port of its own: ' +
        `@SecureGateway({ path: ${JSON.stringify(options?.path)}, port: … })`;
      return { name, message };
    });
}
