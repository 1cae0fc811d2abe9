import type { Duplex } from 'node:stream';

/** The listener with which `ws` reads a stream. */
export type StreamReader = (this: Duplex, chunk: Buffer) => void;

/** Removes the reader that `ws` has added to a stream and returns it; undefined if `ws` has already removed it. */
export function takeReader(stream: Duplex): StreamReader | undefined {
  const reader = stream.listeners('data').find(({ name }) => name === 'socketOnData') as
    StreamReader | undefined;
  if (reader) stream.off('data', reader);
  return reader;
}
