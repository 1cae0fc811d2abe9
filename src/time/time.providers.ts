import type { Provider } from '@nestjs/common';
import { Clock, SystemClock } from './clock.js';
import { TimerWheel } from './timer-wheel.js';

/** The clock, which applications and tests can replace, and the timer wheel for all deadlines. */
export const TIME_PROVIDERS: Provider[] = [{ provide: Clock, useClass: SystemClock }, TimerWheel];
