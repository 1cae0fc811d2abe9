import { Injectable } from '@nestjs/common';
import { CloseCode } from '../protocol/close-code.enum.js';
import { Clock } from './clock.js';
import { closeWithGoodbye } from './goodbye.js';
import type { Connection } from './connection.js';
import { ConnectionLifecycleService } from './connection-lifecycle.service.js';
import { ConnectionTimers } from './connection-timers.js';
import { TimerWheel } from './timer-wheel.js';

/** Ends a connection when the credential it was opened with expires. */
@Injectable()
export class ExpiryService {
  private readonly timers: ConnectionTimers;

  constructor(
    private readonly clock: Clock,
    wheel: TimerWheel,
    lifecycle: ConnectionLifecycleService,
  ) {
    this.timers = new ConnectionTimers(wheel, lifecycle, (connection) => this.watch(connection));
  }

  private watch(connection: Connection): void {
    const { expiresAt } = connection.principal;
    if (expiresAt === null) return;
    const remaining = expiresAt - this.clock.now();
    // The wall clock may have been set back since: look again instead of closing early.
    if (remaining > 0) this.timers.set(connection, remaining, () => this.watch(connection));
    else closeWithGoodbye(connection, CloseCode.TOKEN_EXPIRED, 'token expired');
  }
}
