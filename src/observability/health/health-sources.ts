import { Inject } from '@nestjs/common';
import type { PartHealth } from '../../connection/part-health.js';

/** The parts whose health counts, besides connections and drain. */
export interface HealthSources {
  /** Whether credentials can be verified. */
  verifier: () => PartHealth;
  /** Whether what nodes share can be used; always if they share nothing. */
  store: () => PartHealth;
}

export const HEALTH_SOURCES = Symbol('HEALTH_SOURCES');

export const InjectHealthSources = (): ParameterDecorator => Inject(HEALTH_SOURCES);
