import type { Duplex } from 'node:stream';

const corked = new Set<Duplex>();

/**
 * Buffers the writes to a stream until the end of this turn of the event loop, so that the answers to the frames of one
 * packet leave in one packet. One system call per answer would cost more than the rest.
 */
export function batchWrites(stream: Duplex): void {
  if (corked.has(stream)) return;
  // Runs after all readable data has been read and the resulting promises have settled.
  if (corked.size === 0) setImmediate(flush);
  corked.add(stream);
  stream.cork();
}

/** Writes the buffered data of a stream immediately. */
export function writeBatch(stream: Duplex): void {
  if (corked.delete(stream)) stream.uncork();
}

function flush(): void {
  for (const stream of corked) stream.uncork();
  corked.clear();
}
