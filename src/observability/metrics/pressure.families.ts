import type { Counters } from '../../counters/counters.js';
import { durations, gauge, value } from './families.js';
import type { MetricFamily } from './metric-family.js';

/** Back pressure now. */
export function pressureFamilies({ inFlight, paused, backlog, roundTrip }: Counters): MetricFamily[] {
  return [
    gauge('ws_security_in_flight', 'Handlers that are running.', [value(inFlight)]),
    gauge(
      'ws_security_paused_connections',
      'Connections not read, because too many of their messages wait.',
      [value(paused)],
    ),
    gauge('ws_security_outbound_buffered_bytes', 'Bytes that wait for slow readers, at most a second old.', [
      value(backlog.bytes),
    ]),
    durations('ws_security_round_trip_seconds', 'From the ping of a heartbeat to its pong.', [
      [{}, roundTrip],
    ]),
  ];
}
