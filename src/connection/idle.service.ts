import { Injectable } from '@nestjs/common';
import type { ResolvedOptions } from '../options/options.schema.js';
import { InjectSecurityOptions } from '../options/options.token.js';
import { CloseCode } from '../protocol/close-code.enum.js';
import { Clock } from '../time/clock.js';
import type { ServedConnection } from './served-connection.js';
import { ConnectionLifecycleService } from './connection-lifecycle.service.js';
import { ConnectionTimers } from './connection-timers.js';
import { TimerWheel } from '../time/timer-wheel.js';

/** Closes idle connections. Heartbeats do not count as activity. */
@Injectable()
export class IdleService {
  private readonly timers: ConnectionTimers | undefined;
  private readonly onDue = (connection: ServedConnection): void => this.watch(connection);

  constructor(
    @InjectSecurityOptions() private readonly options: ResolvedOptions,
    private readonly clock: Clock,
    private readonly lifecycle: ConnectionLifecycleService,
    wheel: TimerWheel,
  ) {
    if (options.idleTimeoutMs === 0) return;
    this.timers = new ConnectionTimers('idle', wheel, lifecycle, (connection) => {
      connection.lastActive = clock.monotonic();
      this.watch(connection);
    });
  }

  private watch(connection: ServedConnection): void {
    const remaining = connection.lastActive + this.options.idleTimeoutMs - this.clock.monotonic();
    if (remaining > 0) {
      this.timers?.set(connection, remaining, this.onDue);
      return;
    }
    this.lifecycle.idle(connection);
    connection.close(CloseCode.SESSION_TIMEOUT, 'idle');
  }
}
