import type { DiscoveredGateway } from '../../gateway/gateway-explorer.js';
import { UniqueNames } from '../unique-names.js';
import { Channel } from './channel.js';

/** The channels of the gateways: one for each path of each port, in the order of the paths. */
export function channelsOf(gateways: readonly DiscoveredGateway[], shared: readonly string[]): Channel[] {
  const places = new Map<string, DiscoveredGateway[]>();
  for (const gateway of gateways) {
    const place = JSON.stringify([pathOf(gateway), portOf(gateway)]);
    places.set(place, [...(places.get(place) ?? []), gateway]);
  }
  const names = new UniqueNames();
  return [...places.keys()].toSorted().map((place) => {
    const own = (places.get(place) ?? []).toSorted((one, other) => (one.name < other.name ? -1 : 1));
    const [path, port] = JSON.parse(place) as [string, number];
    const name = path.replaceAll('/', '-').replace(/^-/, '') || 'root';
    return new Channel(
      names.take(port === 0 ? name : `${name}-${port}`),
      own,
      own[0]?.unsecured ? [] : shared,
    );
  });
}

const pathOf = ({ options, unsecured }: DiscoveredGateway): string => options?.path ?? unsecured?.path ?? '';

const portOf = ({ options, unsecured }: DiscoveredGateway): number => options?.port ?? unsecured?.port ?? 0;
