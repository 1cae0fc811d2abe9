import type { Connection } from './connection.js';
import type { ConnectionLifecycleService } from './connection-lifecycle.service.js';
import type { TimerWheel, WheelTimer } from './timer-wheel.js';

/** One running timer a connection, forgotten when the connection closes. */
export class ConnectionTimers {
  private readonly timers = new Map<Connection, WheelTimer>();

  constructor(
    private readonly wheel: TimerWheel,
    lifecycle: ConnectionLifecycleService,
    onOpened: (connection: Connection) => void,
  ) {
    lifecycle.events.subscribe((event) => {
      if (event.type === 'opened') onOpened(event.connection);
      else this.clear(event.connection);
    });
  }

  set(connection: Connection, delayMs: number, run: () => void): void {
    this.timers.set(connection, this.wheel.schedule(delayMs, run));
  }

  private clear(connection: Connection): void {
    this.timers.get(connection)?.cancel();
    this.timers.delete(connection);
  }
}
