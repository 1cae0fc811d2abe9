import type { Duplex } from 'node:stream';
import type { Backlog } from '../counters/backlog.js';

const corked = new Map<Duplex, Backlog>();
let callbacks: (() => void)[] = [];

/**
 * Buffers the writes to a stream until the end of this turn of the event loop, so that the answers to the frames of one
 * packet leave in one packet. One system call per answer would cost more than the rest.
 */
export function batchWrites(stream: Duplex, backlog: Backlog): void {
  if (corked.has(stream)) return;
  schedule();
  corked.set(stream, backlog);
  stream.cork();
}

/** Calls back at the end of this turn of the event loop, after the writes. */
export function afterWrites(callback: () => void): void {
  schedule();
  callbacks.push(callback);
}

/** Writes the buffered data of a stream immediately. */
export function writeBatch(stream: Duplex): void {
  if (corked.delete(stream)) stream.uncork();
}

function schedule(): void {
  // Runs after all readable data has been read and the resulting promises have settled.
  if (corked.size === 0 && callbacks.length === 0) setImmediate(flush);
}

function flush(): void {
  for (const [stream, backlog] of corked) {
    stream.uncork();
    backlog.look(stream);
  }
  corked.clear();
  const due = callbacks;
  callbacks = [];
  for (const callback of due) callback();
}
