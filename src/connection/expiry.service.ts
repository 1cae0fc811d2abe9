import { Injectable } from '@nestjs/common';
import type { ResolvedOptions } from '../options/options.schema.js';
import { InjectSecurityOptions } from '../options/options.token.js';
import { CloseCode } from '../protocol/close-code.enum.js';
import { ageLimitOf } from './age-limit.js';
import { Clock } from '../time/clock.js';
import type { ServedConnection } from './served-connection.js';
import { ConnectionLifecycleService } from './connection-lifecycle.service.js';
import { ConnectionTimers } from './connection-timers.js';
import { TimerWheel } from '../time/timer-wheel.js';

/**
 * Closes a connection when its credential has expired, plus the grace period for a refresh, or when its session has
 * reached its maximum age, whichever comes first.
 */
@Injectable()
export class ExpiryService {
  private readonly timers: ConnectionTimers;
  private readonly onDue = (connection: ServedConnection): void => this.watch(connection);

  constructor(
    @InjectSecurityOptions() private readonly options: ResolvedOptions,
    private readonly clock: Clock,
    wheel: TimerWheel,
    lifecycle: ConnectionLifecycleService,
  ) {
    this.timers = new ConnectionTimers('expiry', wheel, lifecycle, this.onDue, true);
  }

  /** Checks again, because a connection that resumes a session takes over its age. @internal */
  watch(connection: ServedConnection): void {
    const expiry = this.expiryOf(connection);
    const ageLimit = ageLimitOf(connection.startedAt, this.options);
    const end = Math.min(expiry, ageLimit);
    const remaining = end - this.clock.now();
    if (remaining === Infinity) this.timers.clear(connection);
    // The wall clock may have been set back, so check again instead of closing early.
    else if (remaining > 0) this.timers.set(connection, remaining, this.onDue);
    else if (ageLimit < expiry) connection.close(CloseCode.SESSION_TIMEOUT, 'session too old');
    else connection.close(CloseCode.TOKEN_EXPIRED, 'token expired');
  }

  private expiryOf({ principal }: ServedConnection): number {
    return principal.expiresAt === null ? Infinity : principal.expiresAt + this.options.refreshGraceMs;
  }
}
