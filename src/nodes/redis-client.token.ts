/** A client of `ioredis` of the application's own, where it gave one to `redisStores()`. */
export const REDIS_CLIENT = Symbol('REDIS_CLIENT');
