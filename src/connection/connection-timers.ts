import { type ServedConnection, servedOf } from './served-connection.js';
import type { ConnectionLifecycleService } from './connection-lifecycle.service.js';
import type { TimerName } from './connection-parts.interface.js';
import type { TimerWheel } from '../time/timer-wheel.js';

/** Runs one timer per connection, which is cancelled when the connection closes. */
export class ConnectionTimers {
  constructor(
    private readonly name: TimerName,
    private readonly wheel: TimerWheel,
    lifecycle: ConnectionLifecycleService,
    start: (connection: ServedConnection) => void,
    /** Whether a new credential restarts the timer. */
    restarts = false,
  ) {
    lifecycle.listen((event) => {
      if (event.type === 'closed') this.clear(servedOf(event.connection));
      else if (event.type === 'accepted') start(servedOf(event.connection));
      else if (restarts && (event.type === 'authenticated' || event.type === 'refreshed'))
        start(servedOf(event.connection));
    });
  }

  /** @param run gets the connection, so that all connections can share it */
  set(connection: ServedConnection, delayMs: number, run: (connection: ServedConnection) => void): void {
    const { timers } = connection;
    timers[this.name]?.cancel();
    timers[this.name] = this.wheel.schedule(delayMs, run, connection);
  }

  clear({ timers }: ServedConnection): void {
    timers[this.name]?.cancel();
    timers[this.name] = undefined;
  }
}
