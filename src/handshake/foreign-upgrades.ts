import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { TimerWheel } from '../connection/timer-wheel.js';

/** How long another listener may think before it shows any sign that an upgrade is its own. */
const CLAIM_MS = 2000;

/**
 * Upgrades that may be another listener's. Whoever takes one listens to its socket or writes to it; one that nobody
 * took would stay open for good, because nobody reads that its peer has left.
 */
export class ForeignUpgrades {
  private readonly waiting = new Set<() => void>();

  constructor(private readonly wheel: TimerWheel) {}

  /**
   * To be called before the other listeners are.
   *
   * @param refuse called once, unless somebody took it
   */
  leave(socket: Duplex, refuse: () => void): void {
    // One that put itself before us may be done with it already.
    if (isRead(socket)) return;
    const untouched = tracesOn(socket);
    const end = (): void => {
      timer.cancel();
      this.waiting.delete(end);
      if (!socket.destroyed && !isRead(socket) && tracesOn(socket) === untouched) refuse();
    };
    const timer = this.wheel.schedule(CLAIM_MS, end);
    this.waiting.add(end);
  }

  /** Waits no longer. */
  close(): void {
    for (const end of this.waiting) end();
  }
}

/** Node hands sockets of upgrades over neither flowing nor paused. */
function isRead(socket: Duplex): boolean {
  return socket.readableFlowing !== null;
}

function tracesOn(socket: Duplex): number {
  const listeners = socket.eventNames().map((event) => socket.listenerCount(event));
  return listeners.reduce((sum, count) => sum + count, (socket as Socket).bytesWritten);
}
