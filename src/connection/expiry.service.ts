import { Injectable } from '@nestjs/common';
import type { ResolvedOptions } from '../options/options.schema.js';
import { InjectSecurityOptions } from '../options/options.token.js';
import { CloseCode } from '../protocol/close-code.enum.js';
import { ageLimitOf } from './age-limit.js';
import { Clock } from '../time/clock.js';
import { type ServedConnection, servedOf } from './served-connection.js';
import { ConnectionRegistry } from './connection-registry.js';
import { ConnectionLifecycleService } from './connection-lifecycle.service.js';
import { ConnectionTimers } from './connection-timers.js';
import { Suspension } from '../time/suspension.js';
import { TimerWheel } from '../time/timer-wheel.js';

/** How often the clocks are compared while there are connections. */
const COMPARE_MS = 500;

/**
 * Closes a connection when its credential has expired, plus the grace period for a refresh, or when its session has
 * reached its maximum age, whichever comes first.
 */
@Injectable()
export class ExpiryService {
  private readonly timers: ConnectionTimers;
  private stopComparing: (() => void) | undefined;
  private readonly onDue = (connection: ServedConnection): void => this.watch(connection);

  constructor(
    @InjectSecurityOptions() private readonly options: ResolvedOptions,
    private readonly clock: Clock,
    private readonly registry: ConnectionRegistry,
    wheel: TimerWheel,
    lifecycle: ConnectionLifecycleService,
  ) {
    this.timers = new ConnectionTimers('expiry', wheel, lifecycle, this.onDue, true);
    lifecycle.listen(({ type }) => {
      if (type === 'accepted') this.compareClocks();
      else if (type === 'closed' && this.registry.size === 0) {
        this.stopComparing?.();
        this.stopComparing = undefined;
      }
    });
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

  /** Timers run by the monotonic clock, which a suspended machine stops, and credentials expire by the wall clock. */
  private compareClocks(): void {
    if (this.stopComparing) return;
    const suspension = new Suspension(this.clock);
    this.stopComparing = this.clock.every(COMPARE_MS, () => {
      if (suspension.happened()) for (const connection of this.registry) this.watch(servedOf(connection));
    });
  }

  private expiryOf({ principal }: ServedConnection): number {
    return principal.expiresAt === null ? Infinity : principal.expiresAt + this.options.refreshGraceMs;
  }
}
