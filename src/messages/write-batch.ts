import type { Duplex } from 'node:stream';

const corked = new Set<Duplex>();

/**
 * Holds what is written to a stream until everything that is ready now has been written, so that the answers to the
 * frames of one packet leave in one packet: a system call each would cost more than all the rest.
 */
export function batchWrites(stream: Duplex): void {
  if (corked.has(stream)) return;
  // After everything that was readable has been read, and the promises behind it have settled.
  if (corked.size === 0) setImmediate(flush);
  corked.add(stream);
  stream.cork();
}

/** Writes what a stream holds at once. */
export function writeBatch(stream: Duplex): void {
  if (corked.delete(stream)) stream.uncork();
}

function flush(): void {
  for (const stream of corked) stream.uncork();
  corked.clear();
}
