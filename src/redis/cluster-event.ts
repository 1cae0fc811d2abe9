import type { LinkEvent } from './link/link-event.js';
import type { MembershipEvent } from './nodes/membership-event.js';
import type { StreamEvent } from './streams/stream-event.js';

/** More places of a scope are taken than there may be, over all nodes. Nobody is thrown out; nobody else gets in. @publicApi */
export type OverCapEvent = {
  readonly type: 'cluster.over-cap';
  readonly scope: string;
  readonly count: number;
  readonly limit: number;
};

/** Events about Redis and the other nodes. @publicApi */
export type ClusterEvent = LinkEvent | MembershipEvent | StreamEvent | OverCapEvent;
