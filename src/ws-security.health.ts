import type { Provider } from '@nestjs/common';
import { TokenVerifier } from './auth/token-verifier.js';
import { HEALTH_SOURCES, type HealthSources } from './observability/health/health-sources.js';
import { WsHealth } from './observability/health/ws-health.js';
import type { RedisRuntime } from './redis/redis-runtime.js';
import { REDIS_RUNTIME } from './ws-security.stores.js';

/** The health of this node, and of the parts that it asks. */
export const HEALTH_PROVIDERS: Provider[] = [
  {
    provide: HEALTH_SOURCES,
    inject: [TokenVerifier, REDIS_RUNTIME],
    useFactory: (verifier: TokenVerifier, redis: RedisRuntime | null): HealthSources => ({
      verifier: () => verifier.health?.() ?? 'ready',
      store: () => redis?.health ?? 'ready',
    }),
  },
  WsHealth,
];
