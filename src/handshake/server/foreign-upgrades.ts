import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { TimerWheel } from '../../time/timer-wheel.js';

/** Milliseconds that another listener has to use the stream of an upgrade. */
const CLAIM_MS = 3000;

/**
 * Upgrades that may belong to another listener. A listener that takes an upgrade listens to its stream or writes to it.
 * An upgrade that no listener takes would stay open forever, because nothing notices that the client has disconnected.
 */
export class ForeignUpgrades {
  private readonly waiting = new Set<() => void>();
  private isClosed = false;

  constructor(private readonly wheel: TimerWheel) {}

  /**
   * Must be called before the other listeners are.
   *
   * @param stream the stream of the upgraded protocol; not the socket of the request while a body is pending
   * @param refuse called once, unless a listener takes the upgrade
   */
  leave({ socket }: IncomingMessage, stream: Duplex, refuse: () => void): void {
    // Without a listener, an error would end the process, and the listener that takes the stream may not handle it.
    stream.on('error', ignore);
    if (this.isClosed) return;
    const { bytesWritten } = socket;
    const settle = (): void => {
      timer.cancel();
      this.waiting.delete(end);
      stream.off('newListener', settle);
    };
    const end = (): void => {
      settle();
      if (!stream.destroyed && !isRead(stream) && socket.bytesWritten === bytesWritten) refuse();
    };
    const timer = this.wheel.schedule(CLAIM_MS, end);
    this.waiting.add(end);
    // A new listener of the stream means that the upgrade is taken.
    stream.on('newListener', settle);
  }

  /** Ends all waits, and does not wait for later upgrades. */
  close(): void {
    this.isClosed = true;
    for (const end of this.waiting) end();
  }
}

/** Node passes streams of upgrades neither flowing nor paused. */
function isRead(stream: Duplex): boolean {
  return stream.readableFlowing !== null;
}

function ignore(): void {
  // The stream destroys itself. Its owner handles the rest.
}
