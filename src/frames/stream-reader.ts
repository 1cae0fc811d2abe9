import type { Duplex } from 'node:stream';

/** The listener with which `ws` reads a stream. */
export type StreamReader = (this: Duplex, chunk: Buffer) => void;

/** Comparing functions is cheaper than asking for their names. */
let known: unknown;

/** Removes the reader that `ws` has added to a stream and returns it; undefined if `ws` has already removed it. */
export function takeReader(stream: Duplex): StreamReader | undefined {
  const reader = stream.listeners('data').find(isReader) as StreamReader | undefined;
  if (reader) stream.off('data', reader);
  return reader;
}

// oxlint-disable-next-line typescript/no-unsafe-function-type -- the type of listeners in Node
function isReader(listener: Function): boolean {
  if (listener === known) return true;
  if (listener.name !== 'socketOnData') return false;
  known = listener;
  return true;
}
