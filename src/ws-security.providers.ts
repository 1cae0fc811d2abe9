import type { Provider } from '@nestjs/common';
import { PrincipalMapper } from './auth/principal-mapper.js';
import { MemoryRevocationStore, RevocationStore } from './auth/revocation-store.js';
import { MemoryTicketStore, TicketStore } from './auth/tickets/ticket-store.js';
import { TokenVerifier } from './auth/token-verifier.js';
import { createVerifier } from './auth/verifiers/verifier.factory.js';
import { Clock, SystemClock } from './time/clock.js';
import { ConnectionLifecycleService } from './connection/connection-lifecycle.service.js';
import { ConnectionDirectory, MemoryConnectionDirectory } from './nodes/connection-directory.js';
import { ConnectionRegistry } from './connection/connection-registry.service.js';
import { BroadcastBus, LocalBroadcastBus } from './nodes/broadcast-bus.js';
import { MemoryResumeStore, ResumeStore } from './connection/resume/resume-store.js';
import { SecurityEvents } from './observability/security-events.service.js';
import type { ResolvedOptions, WsSecurityOptions } from './options/options.schema.js';
import { SECURITY_OPTIONS } from './options/options.token.js';
import { resolveOptions } from './options/resolve-options.js';
import { StartProblems } from './options/start-problems.js';
import { BanStore, MemoryBanStore } from './throttling/bans/ban-store.js';
import { SlidingWindowStorage } from './throttling/sliding-window.storage.js';
import { WS_THROTTLER_STORAGE } from './throttling/throttler-storage.token.js';
import { GIVEN_OPTIONS } from './ws-security.module-definition.js';

/** What the options decide, and what an application may provide otherwise: stores, verifier, clock. */
export const CONFIGURED: Provider[] = [
  {
    provide: SECURITY_OPTIONS,
    inject: [GIVEN_OPTIONS, StartProblems],
    useFactory: (given: WsSecurityOptions, further: StartProblems) =>
      resolveOptions(given, process.env, further),
  },
  { provide: Clock, useClass: SystemClock },
  { provide: RevocationStore, useClass: MemoryRevocationStore },
  { provide: BanStore, useClass: MemoryBanStore },
  { provide: TicketStore, useClass: MemoryTicketStore },
  { provide: ResumeStore, useClass: MemoryResumeStore },
  { provide: BroadcastBus, useClass: LocalBroadcastBus },
  { provide: ConnectionDirectory, useClass: MemoryConnectionDirectory },
  { provide: WS_THROTTLER_STORAGE, useClass: SlidingWindowStorage },
  {
    provide: TokenVerifier,
    inject: [
      SECURITY_OPTIONS,
      Clock,
      PrincipalMapper,
      ConnectionRegistry,
      ConnectionLifecycleService,
      SecurityEvents,
    ],
    useFactory: (
      options: ResolvedOptions,
      clock: Clock,
      mapper: PrincipalMapper,
      registry: ConnectionRegistry,
      lifecycle: ConnectionLifecycleService,
      events: SecurityEvents,
    ) =>
      createVerifier(options, {
        clock,
        mapper,
        registry,
        lifecycle,
        onApiKeysReloadFailed: (reason) => events.emit({ type: 'api-keys.reload-failed', reason }),
      }),
  },
];
