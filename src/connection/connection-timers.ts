import type { Connection } from './connection.js';
import type { ConnectionLifecycleService } from './connection-lifecycle.service.js';
import type { TimerWheel } from '../time/timer-wheel.js';

/** What a connection has a timer for. */
export type TimerName = 'heartbeat' | 'idle' | 'expiry';

/** One running timer of its name a connection, cancelled when the connection closes. */
export class ConnectionTimers {
  constructor(
    private readonly name: TimerName,
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

  set({ timers }: Connection, delayMs: number, run: () => void): void {
    timers[this.name]?.cancel();
    timers[this.name] = this.wheel.schedule(delayMs, run);
  }

  clear({ timers }: Connection): void {
    timers[this.name]?.cancel();
    timers[this.name] = undefined;
  }
}
