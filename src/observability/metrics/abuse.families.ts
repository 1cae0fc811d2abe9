import type { Counters } from '../../counters/counters.js';
import type { Tally } from '../../counters/tally.js';
import { counter, gauge, value } from './families.js';
import type { MetricFamily } from './metric-family.js';

/** What is known of bans and events elsewhere. */
export interface AbuseState {
  /** The bans in force, by subject. */
  readonly bans: Readonly<Record<string, number>>;
  readonly events: Tally;
  readonly suppressed: Tally;
}

/** What was refused, and what was done about it. */
export function abuseFamilies(counters: Counters, { bans, events, suppressed }: AbuseState): MetricFamily[] {
  return [
    counter(
      'ws_security_throttled_total',
      'Hits over a limit, by throttler.',
      [...counters.throttledBy].map(([throttler, count]) => value(count, { throttler })),
    ),
    counter(
      'ws_security_strikes_total',
      'Violations, by the code of the answer.',
      bornOf(counters.strikes, 'code'),
    ),
    counter('ws_security_strikeouts_total', 'Connections closed for too many violations.', [
      value(counters.strikeouts),
    ]),
    counter(
      'ws_security_bans_total',
      'Bans that this node has set.',
      [...counters.bans].map(([subject, count]) => value(count, { subject })),
    ),
    gauge(
      'ws_security_bans_active',
      'Bans in force that this node knows.',
      Object.entries(bans).map(([subject, count]) => value(count, { subject })),
    ),
    counter('ws_security_events_total', 'Security events, by type.', bornOf(events, 'type')),
    counter(
      'ws_security_events_suppressed_total',
      'Lines of security events that a flood has hidden, by type.',
      bornOf(suppressed, 'type'),
    ),
  ];
}

function bornOf(tally: Tally, label: string) {
  return [...tally].filter(([, count]) => count > 0).map(([key, count]) => value(count, { [label]: key }));
}
