import { Inject } from '@nestjs/common';

/** The state of a verifier. */
export interface VerifierState {
  /** One of the module's own names, or `custom`. */
  readonly name: string;
  readonly isUp: boolean;
  /** Milliseconds since its keys were fetched, if they are fetched. */
  readonly keysAgeMs: number | undefined;
}

/** What `WsMetrics` asks of parts that it does not know. Each is asked once per scrape and must not wait. */
export interface MetricSources {
  /** Undefined if nodes share nothing. */
  readonly isStoreUp: () => boolean | undefined;
  readonly verifiers: () => readonly VerifierState[];
  /** Epoch milliseconds; undefined if no certificate is configured. */
  readonly certificateExpiresAt: () => number | undefined;
  /** The bans in force, by subject. */
  readonly bans: () => Readonly<Record<string, number>>;
}

export const METRIC_SOURCES = Symbol('METRIC_SOURCES');

export const InjectMetricSources = (): ParameterDecorator => Inject(METRIC_SOURCES);
