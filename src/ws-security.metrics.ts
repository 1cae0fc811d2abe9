import type { Provider } from '@nestjs/common';
import { TokenVerifier } from './auth/token-verifier.js';
import { verifierStates } from './auth/verifiers/verifier-states.js';
import { TlsReloader } from './handshake/tls/tls-reloader.js';
import { METRIC_SOURCES, type MetricSources } from './observability/metrics/metric-sources.js';
import { WsMetrics } from './observability/metrics/ws-metrics.js';
import type { RedisRuntime } from './redis/redis-runtime.js';
import { BanService } from './throttling/bans/ban.service.js';
import { REDIS_RUNTIME } from './ws-security.stores.js';

/** The metrics of this node, and the parts that they ask. */
export const METRIC_PROVIDERS: Provider[] = [
  {
    provide: METRIC_SOURCES,
    inject: [TokenVerifier, REDIS_RUNTIME, TlsReloader, BanService],
    useFactory: (
      verifier: TokenVerifier,
      redis: RedisRuntime | null,
      tls: TlsReloader,
      bans: BanService,
    ): MetricSources => ({
      isStoreUp: () => redis?.isUp,
      verifiers: () => verifierStates(verifier),
      certificateExpiresAt: () => tls.expiresAt,
      bans: () => bans.active,
    }),
  },
  WsMetrics,
];
