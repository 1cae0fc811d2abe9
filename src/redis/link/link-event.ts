import type { OutageReason } from './outage-reason.js';

/**
 * What operators hear about the link to Redis. `partition` is the tag of the keys concerned.
 *
 * - `cluster.up`, `cluster.down`: calls are made again, or refused at once; `down` is told again when its reason changes
 * - `cluster.failover`: another server is master, or the same one was started anew
 * - `cluster.clock-step`: the server's clock moved by about `step_ms` milliseconds
 *
 * @publicApi
 */
export type LinkEvent =
  | { readonly type: 'cluster.up'; readonly partition: string }
  | { readonly type: 'cluster.down'; readonly partition: string; readonly reason: OutageReason }
  | { readonly type: 'cluster.failover'; readonly partition: string }
  | { readonly type: 'cluster.clock-step'; readonly partition: string; readonly step_ms: number };
