import type { Provider } from '@nestjs/common';
import { Clock, SystemClock } from './clock.js';
import { TimerWheel } from './timer-wheel.js';

/** Time, which an application or a test may replace, and one interval for all deadlines. */
export const TIME_PROVIDERS: Provider[] = [{ provide: Clock, useClass: SystemClock }, TimerWheel];
