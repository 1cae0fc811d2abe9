import type { Counters } from '../../counters/counters.js';
import type { EventCounters } from '../../counters/event-counters.js';
import type { Histogram } from '../../counters/histogram.js';
import type { PathCounters } from '../../counters/path-counters.js';
import { OTHER } from '../../counters/tally.js';
import { counter, durations, value } from './families.js';
import type { MetricFamily, MetricLabels, MetricValue } from './metric-family.js';

/** What clients send, and what they are sent. */
export function messageFamilies(counters: Counters): MetricFamily[] {
  const paths = [...counters.allPaths()];
  const { frameRate, byteRate, ending } = counters.dropped;
  const ofPaths = (read: (path: PathCounters) => number): MetricValue[] =>
    paths.filter(({ path }) => path !== OTHER).map((one) => value(read(one), { path: one.path }));
  return [
    counter('ws_security_messages_total', 'Messages, each counted once.', paths.flatMap(messagesOf)),
    durations(
      'ws_security_message_duration_seconds',
      'From the arrival of a message until it is answered, the wait in the queue included.',
      paths.flatMap((path) => histogramsOf(path, ({ duration }) => duration)),
    ),
    durations(
      'ws_security_message_wait_seconds',
      'From the arrival of a message to the start of its handler.',
      // Most events never wait. With the first one that does, those before it are there as well.
      paths.flatMap((path) => histogramsOf(path, ({ wait }) => wait)).filter(([, { sum }]) => sum > 0),
    ),
    counter('ws_security_frames_dropped_total', 'Frames that were not read as messages.', [
      value(frameRate, { reason: 'frame_rate' }),
      value(byteRate, { reason: 'byte_rate' }),
      value(ending, { reason: 'ending' }),
    ]),
    counter(
      'ws_security_received_bytes_total',
      'Bytes of messages received, without headers of frames.',
      ofPaths(({ receivedBytes }) => receivedBytes),
    ),
    counter(
      'ws_security_sent_bytes_total',
      'Bytes of messages sent, without headers of frames.',
      ofPaths(({ sentBytes }) => sentBytes),
    ),
    counter(
      'ws_security_pushes_total',
      'Pushes with at least one connection of this node that received them.',
      ofPaths(({ pushes }) => pushes),
    ),
    counter(
      'ws_security_push_receivers_total',
      'Connections that received pushes.',
      ofPaths(({ pushReceivers }) => pushReceivers),
    ),
  ];
}

function messagesOf(path: PathCounters): MetricValue[] {
  return [...path.allEvents()].flatMap(([event, { ok, failed }]) => {
    const labels = { path: path.path, event };
    const failures = [...failed].filter(([, count]) => count > 0);
    const handled = event === OTHER && ok === 0 ? [] : [value(ok, { ...labels, outcome: 'ok' })];
    return [...handled, ...failures.map(([outcome, count]) => value(count, { ...labels, outcome }))];
  });
}

function histogramsOf(
  path: PathCounters,
  read: (event: EventCounters) => Histogram,
): [MetricLabels, Histogram][] {
  return [...path.allEvents()].map(([event, counters]) => [{ path: path.path, event }, read(counters)]);
}
