import type { Duplex } from 'node:stream';
import type { FrameMeter } from './frame-meter.js';

type Reader = (this: Duplex, chunk: Buffer) => void;

const LARGEST_CHUNK = 65_536;
/** Together with the chunks before the end is noticed and the last chunk, at most 1 MiB is read. */
const MAX_BYTES = 1_048_576 - 4 * LARGEST_CHUNK;

/**
 * Limits how much is read from a client whose connection is closing: after a close frame in either direction, a
 * protocol error, or a refusal. Frames that the client had already sent are skipped until it answers. A client that
 * continues to send is disconnected.
 */
export class ClosingReader {
  private bytes = 0;
  private readonly reader: Reader | undefined;

  /**
   * @param stream the socket of the client; `ws` still reads it, unless it has stopped by itself
   * @param frames has read every byte so far
   */
  constructor(
    private readonly stream: Duplex,
    private readonly frames: FrameMeter,
  ) {
    this.reader = takeReader(stream);
    // A TLS socket that is ended while it emits data emits no more data but continues to read.
    stream.once('finish', () => {
      if (this.frames.isOver) this.stream.destroy();
    });
  }

  read(chunk: Buffer): void {
    this.bytes += chunk.length;
    if (this.bytes > MAX_BYTES) this.stream.destroy();
    else if (this.reader) this.frames.skim(chunk, this.pass);
  }

  private readonly pass = (bytes: Buffer): void => this.reader?.call(this.stream, bytes);
}

/** Removes the reader that `ws` has added to a stream and returns it; undefined if `ws` has already removed it. */
function takeReader(stream: Duplex): Reader | undefined {
  const reader = stream.listeners('data').find(({ name }) => name === 'socketOnData') as Reader | undefined;
  if (reader) stream.off('data', reader);
  return reader;
}
