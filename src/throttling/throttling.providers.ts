import type { Provider } from '@nestjs/common';
import { BanService } from './bans/ban.service.js';
import { DeclaredLimits } from './declared-limits.js';
import { HitCounter } from './hit-counter.js';
import { ThrottleScopeReader } from './throttle-scope.js';
import { WsThrottlerGuard } from './ws-throttler.guard.js';

/** Rate limits and bans. */
export const THROTTLING_PROVIDERS: Provider[] = [
  ThrottleScopeReader,
  DeclaredLimits,
  HitCounter,
  WsThrottlerGuard,
  BanService,
];
