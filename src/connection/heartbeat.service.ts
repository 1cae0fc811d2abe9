import { Injectable } from '@nestjs/common';
import type { ResolvedOptions } from '../options/options.schema.js';
import { InjectSecurityOptions } from '../options/options.token.js';
import { Clock } from '../time/clock.js';
import type { ServedConnection } from './served-connection.js';
import { ConnectionLifecycleService } from './connection-lifecycle.service.js';
import { ConnectionTimers } from './connection-timers.js';
import { TimerWheel } from '../time/timer-wheel.js';

/**
 * Detects dead peers: sends a ping (RFC 6455 §5.5.2) per interval, and destroys the socket if no answer arrives in
 * time.
 */
@Injectable()
export class HeartbeatService {
  private readonly timers: ConnectionTimers;
  private readonly onDue = (connection: ServedConnection): void => this.beat(connection);

  constructor(
    @InjectSecurityOptions() private readonly options: ResolvedOptions,
    private readonly clock: Clock,
    wheel: TimerWheel,
    lifecycle: ConnectionLifecycleService,
  ) {
    this.timers = new ConnectionTimers('heartbeat', wheel, lifecycle, (connection) =>
      this.wait(connection, options.heartbeatIntervalMs),
    );
  }

  private wait(connection: ServedConnection, delayMs: number): void {
    this.timers.set(connection, delayMs, this.onDue);
  }

  private beat(connection: ServedConnection): void {
    const sentAt = this.clock.monotonic();
    if (connection.isOpen) {
      connection.socket.ping();
      connection.pingedAt = sentAt;
    }
    this.timers.set(connection, this.options.heartbeatTimeoutMs, () => {
      if (connection.lastSeen < sentAt && !connection.isPaused) connection.terminate();
      // The interval counts from ping to ping, not from the answer.
      else this.wait(connection, sentAt + this.options.heartbeatIntervalMs - this.clock.monotonic());
    });
  }
}
