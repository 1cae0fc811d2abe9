import type { InjectionToken, Provider, Type } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import { MemoryRevocationStore, RevocationStore } from './auth/revocation-store.js';
import { MemoryTicketStore, TicketStore } from './auth/tickets/ticket-store.js';
import { MemoryResumeStore, ResumeStore } from './connection/resume/resume-store.js';
import { Counters } from './counters/counters.js';
import { Faults } from './faults/faults.js';
import { BroadcastBus, LocalBroadcastBus } from './nodes/broadcast-bus.js';
import { ClusterSignals, MemoryClusterSignals } from './nodes/cluster-signals.js';
import { ConnectionDirectory, MemoryConnectionDirectory } from './nodes/connection-directory.js';
import { nameOfProcess } from './nodes/application-name.js';
import { MemoryNodeQuestions, NodeQuestions } from './nodes/node-questions.js';
import { NodeIdentity } from './nodes/node-identity.js';
import { REDIS_CLIENT } from './nodes/redis-client.token.js';
import { SecurityEvents } from './observability/security-events.js';
import { MountedParts } from './options/mounted-parts.js';
import type { ResolvedOptions } from './options/options.schema.js';
import { SECURITY_OPTIONS } from './options/options.token.js';
import type { RedisClient } from './redis/link/ioredis-line.js';
import type { RedisRuntime } from './redis/redis-runtime.js';
import type { SharedStores } from './redis/shared-stores.js';
import { BanStore, MemoryBanStore } from './throttling/bans/ban-store.js';
import { SlidingWindowStorage } from './throttling/sliding-window.storage.js';
import { WS_THROTTLER_STORAGE } from './throttling/throttler-storage.token.js';
import { Clock } from './time/clock.js';
import { TimerWheel } from './time/timer-wheel.js';

/** The part that works with Redis; null where none is configured. */
export const REDIS_RUNTIME = Symbol('REDIS_RUNTIME');

/** A store of this process, unless nodes share it. @param name of the shared one */
function store(token: InjectionToken, memory: Type, name: keyof SharedStores): Provider {
  return {
    provide: token,
    inject: [REDIS_RUNTIME, ModuleRef],
    useFactory: (redis: RedisRuntime | null, moduleRef: ModuleRef): unknown =>
      redis?.stores[name] ?? moduleRef.create(memory),
  };
}

/** What several nodes share where Redis is configured, and what one has for itself otherwise. */
export const STORE_PROVIDERS: Provider[] = [
  {
    provide: NodeIdentity,
    inject: [SECURITY_OPTIONS],
    useFactory: ({ nodeId, serviceName }: ResolvedOptions) =>
      new NodeIdentity(nodeId, serviceName ?? nameOfProcess()),
  },
  { provide: REDIS_CLIENT, useValue: null },
  {
    provide: REDIS_RUNTIME,
    inject: [
      SECURITY_OPTIONS,
      REDIS_CLIENT,
      Clock,
      TimerWheel,
      Faults,
      NodeIdentity,
      SecurityEvents,
      Counters,
      MountedParts,
    ],
    useFactory: async (
      options: ResolvedOptions,
      client: RedisClient | null,
      clock: Clock,
      wheel: TimerWheel,
      faults: Faults,
      node: NodeIdentity,
      events: SecurityEvents,
      counters: Counters,
      parts: MountedParts,
    ): Promise<RedisRuntime | null> => {
      if (!client && options.redisUrl === undefined) return null;
      parts.add('redis');
      const redis = await import('./redis/redis-runtime.js');
      return redis.RedisRuntime.create(client ?? undefined, {
        options,
        clock,
        wheel,
        faults,
        node,
        counters,
        tell: (event) => events.emit(event),
      });
    },
  },
  store(WS_THROTTLER_STORAGE, SlidingWindowStorage, 'throttler'),
  store(ConnectionDirectory, MemoryConnectionDirectory, 'directory'),
  store(RevocationStore, MemoryRevocationStore, 'revocations'),
  store(BanStore, MemoryBanStore, 'bans'),
  store(TicketStore, MemoryTicketStore, 'tickets'),
  store(BroadcastBus, LocalBroadcastBus, 'bus'),
  store(ClusterSignals, MemoryClusterSignals, 'signals'),
  store(NodeQuestions, MemoryNodeQuestions, 'questions'),
  store(ResumeStore, MemoryResumeStore, 'sessions'),
];
