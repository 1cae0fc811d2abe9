import type { DiscoveredGateway } from '../gateway-explorer.js';
import { portOf } from '../secure-gateway-options.js';

/** The port of a gateway that is served: 0 for that of the application; undefined if it is not protected. */
export function portIn({ options, unsecured }: DiscoveredGateway): number | undefined {
  return options ? portOf(options) : unsecured?.port;
}
