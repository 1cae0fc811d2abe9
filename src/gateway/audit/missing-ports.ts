import type { ConfigurationProblem } from '../../errors/configuration.error.js';
import type { DiscoveredGateway } from '../gateway-explorer.js';
import { portIn } from './gateway-port.js';

/** Gateways that would share the port of an HTTP server, in an application without one, such as a microservice. */
export function portProblems(gateways: readonly DiscoveredGateway[]): ConfigurationProblem[] {
  return gateways
    .filter((gateway) => portIn(gateway) === 0)
    .map(({ name, options, unsecured }) => {
      const decorator = unsecured
        ? '@WebSocketGateway(…, …)'
        : `@SecureGateway({ path: ${JSON.stringify(options?.path)}, port: … })`;
      const message =
        'has no port, and this application has no HTTP server whose port it could share; give it a port: ' +
        decorator;
      return { name, message };
    });
}
