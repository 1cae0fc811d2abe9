import type { ConfigurationProblem } from '../../errors/configuration.error.js';
import type { DiscoveredGateway } from '../gateway-explorer.js';
import { portOf } from '../secure-gateway-options.js';

/** Gateways that would share the port of an HTTP server, in an application without one, such as a microservice. */
export function portProblems(gateways: readonly DiscoveredGateway[]): ConfigurationProblem[] {
  return gateways
    .filter(({ options }) => options && portOf(options) === 0)
    .map(({ name, options }) => {
      const message =
        'has no port, and this application has no HTTP server whose port it could share; give it a port: ' +
        `@SecureGateway({ path: ${JSON.stringify(options?.path)}, port: … })`;
      return { name, message };
    });
}
