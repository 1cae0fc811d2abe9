import type { Provider } from '@nestjs/common';
import type { Cluster, Redis } from 'ioredis';
import { WsConfigurationError } from '../errors/configuration.error.js';
import { REDIS_CLIENT } from '../nodes/redis-client.token.js';

/** The name under which problems with its Redis are reported. */
export const CLIENT_SOURCE = 'redisStores({ client })';

/** What `redisStores()` takes. @publicApi */
export interface RedisStoresOptions {
  /** Says where Redis is and how to log in there. It is never used itself, only duplicated. */
  readonly client: Redis | Cluster;
}

/**
 * Lets all nodes share one Redis that the application has a client for already; `WS_REDIS_URL` does the same without one.
 * All other options of Redis are those of `forRoot()` and the environment.
 *
 * ```ts
 * WsSecurityModule.forRoot({ providers: redisStores({ client: new Redis('redis://localhost') }) })
 * ```
 *
 * @throws WsConfigurationError for what is no client
 * @publicApi
 */
export function redisStores({ client }: RedisStoresOptions): Provider[] {
  if (typeof (client as Partial<Redis> | undefined)?.duplicate !== 'function')
    throw new WsConfigurationError([
      { name: CLIENT_SOURCE, message: 'must be an instance of Redis or Cluster of ioredis' },
    ]);
  return [{ provide: REDIS_CLIENT, useValue: client }];
}
