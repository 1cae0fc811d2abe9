import { calls } from './calls.js';
import { cpu } from './cpu.js';
import { limit } from './limit.js';
import { moves } from './moves.js';
import { outages } from './outages.js';
import type { Part } from './part.js';
import { places } from './places.js';
import { pushes } from './pushes.js';
import { revocation } from './revocation.js';

/** The parts of the scenario, in the order of their run. */
export const CLUSTER_PARTS: Readonly<Record<string, Part>> = {
  calls,
  limit,
  cpu,
  places,
  revocation,
  pushes,
  moves,
  outages,
};
