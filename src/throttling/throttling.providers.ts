import type { Provider } from '@nestjs/common';
import { BanStore, MemoryBanStore } from './bans/ban-store.js';
import { BanService } from './bans/ban.service.js';
import { DeclaredLimits } from './declared-limits.js';
import { HitCounter } from './hit-counter.js';
import { SlidingWindowStorage } from './sliding-window.storage.js';
import { ThrottleScopeReader } from './throttle-scope.js';
import { WS_THROTTLER_STORAGE } from './throttler-storage.token.js';
import { WsThrottlerGuard } from './ws-throttler.guard.js';

/** Rate limits and bans. */
export const THROTTLING_PROVIDERS: Provider[] = [
  { provide: WS_THROTTLER_STORAGE, useClass: SlidingWindowStorage },
  ThrottleScopeReader,
  DeclaredLimits,
  HitCounter,
  WsThrottlerGuard,
  { provide: BanStore, useClass: MemoryBanStore },
  BanService,
];
