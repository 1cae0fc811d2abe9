import { attack } from './attack.js';
import { broadcast } from './broadcast.js';
import { cluster } from './cluster/cluster.js';
import { echo } from './echo.js';
import { handshakes } from './handshakes.js';
import { memory } from './memory.js';
import { metrics } from './metrics.js';
import { reconnect } from './reconnect.js';
import { refused } from './refused.js';
import type { Scenario } from './scenario.js';

/** The scenarios, in the order of their run. */
export const SCENARIOS: Readonly<Record<string, Scenario>> = {
  echo,
  handshakes,
  refused,
  attack,
  broadcast,
  memory,
  metrics,
  reconnect,
  cluster,
};
