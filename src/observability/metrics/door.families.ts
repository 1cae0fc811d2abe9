import type { Counters } from '../../counters/counters.js';
import type { PathCounters } from '../../counters/path-counters.js';
import { OTHER } from '../../counters/tally.js';
import type { HandshakeCode } from '../../protocol/handshake-code.js';
import { counter, durations, gauge, value } from './families.js';
import type { MetricFamily, MetricValue } from './metric-family.js';

/** The node's own numbers of connections. */
export interface DoorState {
  readonly limit: number;
  readonly principals: number;
}

/** Who comes in, and who does not. */
export function doorFamilies(counters: Counters, { limit, principals }: DoorState): MetricFamily[] {
  const paths = [...counters.allPaths()];
  return [
    gauge('ws_security_connections', 'Open connections.', paths.flatMap(openOf)),
    gauge('ws_security_connections_limit', 'The most connections of this node, WS_MAX_CONNECTIONS.', [
      value(limit),
    ]),
    gauge('ws_security_users', 'Distinct authenticated principals with an open connection.', [
      value(principals),
    ]),
    counter('ws_security_handshakes_total', 'Upgrade requests, by decision.', paths.flatMap(handshakesOf)),
    durations('ws_security_handshake_duration_seconds', 'From upgrade request to decision.', [
      [{ result: 'accepted' }, counters.accepted],
      [{ result: 'refused' }, counters.refused],
    ]),
    counter(
      'ws_security_authentications_total',
      'Credentials that were verified, in handshakes, logins by message and refreshes.',
      authenticationsOf(counters),
    ),
  ];
}

function openOf({ path, open }: PathCounters): MetricValue[] {
  return [...open]
    .filter(([, count]) => path !== OTHER || count > 0)
    .map(([auth, count]) => value(count, { path, auth }));
}

/** What cannot happen on the path of a gateway. */
const ELSEWHERE: string = 'UNKNOWN_PATH' satisfies HandshakeCode;

/** Every result of a gateway's path is there from the start, so that the first refusal is seen as a change. */
function handshakesOf({ path, handshakes }: PathCounters): MetricValue[] {
  return [...handshakes]
    .filter(([result, count]) => count > 0 || (path !== OTHER && result !== ELSEWHERE))
    .map(([result, count]) => value(count, { path, result }));
}

function* authenticationsOf({ authentications }: Counters): IterableIterator<MetricValue> {
  for (const [stage, sources] of authentications)
    for (const [source, outcomes] of sources) {
      const all = [...outcomes];
      // Most sources are never used.
      if (all.some(([, count]) => count > 0))
        for (const [outcome, count] of all) yield value(count, { stage, source, outcome });
    }
}
