import type { Duplex } from 'node:stream';
import type { FrameMeter } from './frame-meter.js';

type Reader = (this: Duplex, chunk: Buffer) => void;

const LARGEST_CHUNK = 65_536;
/** No more than 1 MiB is read, what is read before the end is noticed and the last chunk included. */
const MAX_BYTES = 1_048_576 - 4 * LARGEST_CHUNK;

/**
 * Bounds what is read of a client whose connection is over: after a close frame in either direction, a protocol error, or
 * a refusal. Frames that were under way when the server closed are stepped over until the client answers; a client that
 * goes on is cut off.
 */
export class EndOfLine {
  private bytes = 0;
  private readonly reader: Reader | undefined;

  /**
   * @param stream what the client's bytes come from; `ws` still reads it, unless it has stopped by itself
   * @param frames has met every byte so far
   */
  constructor(
    private readonly stream: Duplex,
    private readonly frames: FrameMeter,
  ) {
    this.reader = takeReader(stream);
    // A TLS socket that is ended while it emits data emits no more of it, and goes on reading.
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

/** Takes the place of the reader that `ws` has put on a stream; undefined when `ws` has taken it off. */
function takeReader(stream: Duplex): Reader | undefined {
  const reader = stream.listeners('data').find(({ name }) => name === 'socketOnData') as Reader | undefined;
  if (reader) stream.off('data', reader);
  return reader;
}
