import type { Duplex } from 'node:stream';
import type { FrameMeter } from './frame-meter.js';
import type { StreamReader } from './stream-reader.js';

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

  /**
   * @param stream the socket of the client
   * @param frames has read every byte so far
   * @param reader with which `ws` would still read the stream; undefined if it has stopped by itself
   */
  constructor(
    private readonly stream: Duplex,
    private readonly frames: FrameMeter,
    private reader: StreamReader | undefined,
  ) {
    // A TLS socket that is ended while it emits data emits no more data but continues to read.
    stream.once('finish', () => {
      if (this.frames.isOver) this.stream.destroy();
    });
  }

  /** `ws` has stopped: it would pause the socket for ever, and nobody would hear that the client has gone. */
  stopPassing(): void {
    this.reader = undefined;
  }

  read(chunk: Buffer): void {
    this.bytes += chunk.length;
    if (this.bytes > MAX_BYTES) this.stream.destroy();
    else if (this.reader) this.frames.skim(chunk, this.pass);
  }

  private readonly pass = (bytes: Buffer): void => this.reader?.call(this.stream, bytes);
}
