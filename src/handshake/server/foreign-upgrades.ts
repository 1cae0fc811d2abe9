import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { TimerWheel } from '../../time/timer-wheel.js';

/** How long another listener may think before it shows any sign that an upgrade is its own. */
const CLAIM_MS = 3000;

/**
 * Upgrades that may be another listener's. Whoever takes one listens to its stream or writes to it; one that nobody
 * took would stay open for good, because nobody reads that its peer has left.
 */
export class ForeignUpgrades {
  private readonly waiting = new Set<() => void>();
  private isClosed = false;

  constructor(private readonly wheel: TimerWheel) {}

  /**
   * To be called before the other listeners are.
   *
   * @param stream of the upgraded protocol; not the socket of the request while a body is still to come
   * @param refuse called once, unless somebody took the upgrade
   */
  leave({ socket }: IncomingMessage, stream: Duplex, refuse: () => void): void {
    // An error that nobody listens to would end the process, and the one who takes the stream may forget to listen.
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
    // Whoever listens has taken it.
    stream.on('newListener', settle);
  }

  /** Waits no longer, for those to come neither. */
  close(): void {
    this.isClosed = true;
    for (const end of this.waiting) end();
  }
}

/** Node hands streams of upgrades over neither flowing nor paused. */
function isRead(stream: Duplex): boolean {
  return stream.readableFlowing !== null;
}

function ignore(): void {
  // The stream destroys itself, and what else follows is up to its owner.
}
