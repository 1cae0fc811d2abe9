import type { Connection } from './connection.js';
import type { ConnectionLifecycleService } from './connection-lifecycle.service.js';
import type { TimerWheel, WheelTimer } from './timer-wheel.js';

/** One running timer a connection, forgotten when the connection closes. */
export class ConnectionTimers {
  private readonly timers = new Map<Connection, WheelTimer>();

  constructor(
    private readonly wheel: TimerWheel,
    lifecycle: ConnectionLifecycleService,
    start: (connection: Connection) => void,
    /** Whether a new credential starts the timer anew. */
    restarts = false,
  ) {
    lifecycle.events.subscribe((event) => {
      if (event.type === 'closed') this.clear(event.connection);
      else if (event.type === 'accepted') start(event.connection);
      else if (restarts && (event.type === 'authenticated' || event.type === 'refreshed'))
        start(event.connection);
    });
  }

  set(connection: Connection, delayMs: number, run: () => void): void {
    this.timers.get(connection)?.cancel();
    this.timers.set(connection, this.wheel.schedule(delayMs, run));
  }

  clear(connection: Connection): void {
    this.timers.get(connection)?.cancel();
    this.timers.delete(connection);
  }
}
