import type { StoreCalls } from '../../counters/store-calls.js';
import { counter, durations, gauge, value } from './families.js';
import type { MetricFamily, MetricLabels } from './metric-family.js';
import type { MetricSources } from './metric-sources.js';

const MS_PER_SECOND = 1000;

/**
 * What this node depends on.
 *
 * @param now epoch milliseconds
 */
export function nodeFamilies(
  stores: StoreCalls,
  { isStoreUp, verifiers, certificateExpiresAt }: MetricSources,
  info: MetricLabels,
  now: number,
): MetricFamily[] {
  const used = [...stores].filter(([, { requests }]) => [...requests].some(([, count]) => count > 0));
  const isUp = isStoreUp();
  const known = verifiers();
  const expiresAt = certificateExpiresAt();
  return [
    counter(
      'ws_security_store_requests_total',
      'Calls of stores that were waited for.',
      used.flatMap(([store, { requests }]) =>
        [...requests].map(([outcome, count]) => value(count, { store, outcome })),
      ),
    ),
    durations(
      'ws_security_store_duration_seconds',
      'Durations of these calls.',
      used.map(([store, { duration }]) => [{ store }, duration] as const),
    ),
    gauge(
      'ws_security_store_up',
      '1 if what nodes share can be reached. Missing if they share nothing.',
      isUp === undefined ? [] : [value(Number(isUp), { store: 'redis' })],
    ),
    gauge(
      'ws_security_verifier_up',
      '1 if credentials can be verified.',
      known.map(({ name, isUp: is }) => value(Number(is), { verifier: name })),
    ),
    gauge(
      'ws_security_keys_age_seconds',
      'Time since the keys of an issuer were fetched.',
      known
        .filter(({ keysAgeMs }) => keysAgeMs !== undefined)
        .map(({ name, keysAgeMs = 0 }) => value(keysAgeMs / MS_PER_SECOND, { verifier: name })),
    ),
    gauge(
      'ws_security_tls_certificate_expiry_seconds',
      'Time until the certificate expires that this node serves.',
      expiresAt === undefined ? [] : [value((expiresAt - now) / MS_PER_SECOND)],
    ),
    gauge('ws_security_info', 'Versions, always 1.', [value(1, info)]),
  ];
}
