import type { Duplex } from 'node:stream';
import type { Backlog } from '../counters/backlog.js';

/** A sender whose writes leave together. */
export interface BatchedSender {
  readonly stream: Duplex;
  readonly backlog: Backlog;
  /** Whether its writes are buffered until the end of this turn. */
  isCorked: boolean;
}

const corked: BatchedSender[] = [];
let callbacks: (() => void)[] = [];

/**
 * Buffers the writes to a stream until the end of this turn of the event loop, so that the answers to the frames of one
 * packet leave in one packet. One system call per answer would cost more than the rest.
 */
export function batchWrites(sender: BatchedSender): void {
  if (sender.isCorked) return;
  schedule();
  sender.isCorked = true;
  corked.push(sender);
  sender.stream.cork();
}

/** Calls back at the end of this turn of the event loop, after the writes. */
export function afterWrites(callback: () => void): void {
  schedule();
  callbacks.push(callback);
}

/** Writes the buffered data of a stream immediately. */
export function writeBatch(sender: BatchedSender): void {
  if (!sender.isCorked) return;
  sender.isCorked = false;
  sender.stream.uncork();
}

function schedule(): void {
  // Runs after all readable data has been read and the resulting promises have settled.
  if (corked.length === 0 && callbacks.length === 0) setImmediate(flush);
}

function flush(): void {
  for (const sender of corked) {
    writeBatch(sender);
    sender.backlog.look(sender.stream);
  }
  corked.length = 0;
  const due = callbacks;
  callbacks = [];
  for (const callback of due) callback();
}
