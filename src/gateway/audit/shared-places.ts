import type { ConfigurationProblem } from '../../errors/configuration.error.js';
import type { DiscoveredGateway } from '../gateway-explorer.js';
import { portIn } from './gateway-port.js';

/** Options that all unsecured gateways on a path must have in common. */
const SHARED = ['verifyClient', 'handleProtocols'];

/** Unsecured gateways that cannot be served beside another gateway on their port. */
export function sharedPlaces(gateways: readonly DiscoveredGateway[]): ConfigurationProblem[] {
  return gateways.flatMap((gateway, index) => {
    const texts = gateways.slice(0, index).map((other) => clashText(gateway, other));
    const message = texts.find((text) => text !== undefined);
    return message === undefined ? [] : [{ name: gateway.name, message }];
  });
}

function clashText(one: DiscoveredGateway, other: DiscoveredGateway): string | undefined {
  if ((!one.unsecured && !other.unsecured) || portIn(one) !== portIn(other)) return undefined;
  const [path, otherPath] = [pathOf(one), pathOf(other)];
  if (path === otherPath || givenPathOf(one) === givenPathOf(other)) return textOfShared(one, other);
  if (path !== undefined && otherPath !== undefined) return undefined;
  return `shares its port with ${other.name}, and one of them has no path and would take every path; give both a path`;
}

function textOfShared(one: DiscoveredGateway, other: DiscoveredGateway): string | undefined {
  const place = `shares the path ${pathOf(one) ?? '(any)'} with ${other.name}`;
  const [own, others] = [one.unsecured?.given, other.unsecured?.given];
  if (!own || !others)
    return `${place}, but only one of them is unsecured, and both would get the same clients; secure both, or move one`;
  const differing = SHARED.filter((option) => own[option] !== others[option]);
  if (differing.length === 0) return undefined;
  return `${place} but not its "${differing.join('" and "')}"; make them equal`;
}

/** The path that clients request; undefined for any. */
function pathOf({ options, unsecured }: DiscoveredGateway): string | undefined {
  return unsecured ? unsecured.path : options?.path;
}

/** The path in the decorator, by which Nest shares servers. */
function givenPathOf({ options, unsecured }: DiscoveredGateway): unknown {
  return unsecured ? unsecured.given['path'] : options?.path;
}
