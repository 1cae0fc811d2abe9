import type { Duplex } from 'node:stream';
import type { Backlog } from '../counters/backlog.js';

const corked = new Map<Duplex, Backlog>();

/**
 * Buffers the writes to a stream until the end of this turn of the event loop, so that the answers to the frames of one
 * packet leave in one packet. One system call per answer would cost more than the rest.
 */
export function batchWrites(stream: Duplex, backlog: Backlog): void {
  if (corked.has(stream)) return;
  // Runs after all readable data has been read and the resulting promises have settled.
  if (corked.size === 0) setImmediate(flush);
  corked.set(stream, backlog);
  stream.cork();
}

/** Writes the buffered data of a stream immediately. */
export function writeBatch(stream: Duplex): void {
  if (corked.delete(stream)) stream.uncork();
}

function flush(): void {
  for (const [stream, backlog] of corked) {
    stream.uncork();
    backlog.look(stream);
  }
  corked.clear();
}
