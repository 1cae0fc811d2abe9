export { redisStores } from './redis-stores.js';
export { RedisUnavailableError } from './link/redis-port.js';

export type { RedisStoresOptions } from './redis-stores.js';
export type { ClusterEvent, OverCapEvent } from './cluster-event.js';
export type { LinkEvent } from './link/link-event.js';
export type { MembershipEvent } from './nodes/membership-event.js';
export type { StreamEvent } from './streams/stream-event.js';
export type { OutageReason } from './link/outage-reason.js';
