import type { Socket } from 'node:net';
import type { TimerWheel } from '../connection/timer-wheel.js';

const CLAIM_MS = 30_000;

/**
 * Calls back when by the deadline none of the other listeners has taken a socket that was left to them. Whoever has
 * taken it has written to it or reads from it.
 */
export function whenUnclaimed(socket: Socket, wheel: TimerWheel, callback: () => void): void {
  const { bytesWritten } = socket;
  const forget = (): void => timer.cancel();
  const timer = wheel.schedule(CLAIM_MS, () => {
    socket.off('close', forget);
    if (!socket.destroyed && socket.bytesWritten === bytesWritten && !isRead(socket)) callback();
  });
  socket.once('close', forget);
}

function isRead(socket: Socket): boolean {
  return socket.listenerCount('data') + socket.listenerCount('readable') > 0;
}
