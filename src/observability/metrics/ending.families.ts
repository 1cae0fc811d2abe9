import type { Counters } from '../../counters/counters.js';
import type { PathCounters } from '../../counters/path-counters.js';
import type { Tally } from '../../counters/tally.js';
import { counter, durations, gauge, value } from './families.js';
import type { MetricFamily, MetricValue } from './metric-family.js';

/** What happens at the end of connections and of this node. */
export interface EndingState {
  readonly isDraining: boolean;
  readonly awaySessions: number;
}

/** How connections end, and whether they come back. */
export function endingFamilies(
  counters: Counters,
  { isDraining, awaySessions }: EndingState,
): MetricFamily[] {
  const paths = [...counters.allPaths()];
  return [
    durations(
      'ws_security_connection_duration_seconds',
      'How long connections were open.',
      paths.flatMap(({ path, lives }) =>
        [...lives].map(([cause, histogram]) => [{ path, cause }, histogram] as const),
      ),
    ),
    counter('ws_security_closes_total', 'Ended connections.', paths.flatMap(closesOf)),
    gauge('ws_security_draining', '1 while this node shuts down.', [value(Number(isDraining))]),
    counter(
      'ws_security_drained_total',
      'Connections that a drain has closed: all their messages answered, or cut at the deadline.',
      allOf(counters.drained, 'outcome'),
    ),
    counter(
      'ws_security_resumes_total',
      'Sessions that clients asked for.',
      allOf(counters.resumes, 'result'),
    ),
    gauge('ws_security_away_sessions', 'Sessions that wait for their clients.', [value(awaySessions)]),
  ];
}

function closesOf({ path, closes }: PathCounters): MetricValue[] {
  return [...closes].flatMap(([cause, codes]) =>
    [...codes].filter(([, count]) => count > 0).map(([code, count]) => value(count, { path, code, cause })),
  );
}

function allOf(tally: Tally, label: string): MetricValue[] {
  return [...tally].map(([key, count]) => value(count, { [label]: key }));
}
