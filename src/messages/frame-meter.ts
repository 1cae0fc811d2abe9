const CONTROL = 0x8;
const CLOSE = 0x8;
const LONGEST_HEADER = 14;

/** Told of each frame as soon as its header is there. */
export interface FrameListener {
  /**
   * @param isControl ping or pong; anything else belongs to a message
   * @param isFinal whether a message ends with it
   * @param bytes header and payload
   */
  onFrame(isControl: boolean, isFinal: boolean, bytes: number): void;
}

/**
 * Counts frames in the bytes of a client (RFC 6455 §5.2) before `ws` reads them: what `ws` tells of are whole messages,
 * and sixty fragments cost more than one. Payloads are stepped over, and whether frames are valid is for `ws` to say.
 */
export class FrameMeter {
  /** Bytes of the current payload that are still to come. */
  private remaining = 0;
  /** A header that a chunk has cut in two. */
  private partial: Buffer | undefined;

  constructor(private readonly listener: FrameListener) {}

  read(chunk: Buffer): void {
    let at = 0;
    while (at < chunk.length) {
      if (this.remaining > 0) {
        const step = Math.min(this.remaining, chunk.length - at);
        this.remaining -= step;
        at += step;
      } else {
        at = this.readHeader(chunk, at);
      }
    }
  }

  /** @returns where the header ends, or the chunk */
  private readHeader(chunk: Buffer, at: number): number {
    const known = this.partial?.length ?? 0;
    const available = Math.min(chunk.length, at + LONGEST_HEADER - known);
    const piece = chunk.subarray(at, available);
    const bytes = this.partial ? Buffer.concat([this.partial, piece]) : piece;
    const length = headerLength(bytes);
    if (bytes.length < length) {
      // Copied, so that two bytes do not keep a whole chunk alive.
      this.partial = this.partial ? bytes : Buffer.from(bytes);
      return chunk.length;
    }
    this.partial = undefined;
    this.onHeader(bytes, length);
    return at + length - known;
  }

  private onHeader(header: Buffer, length: number): void {
    const first = header[0] as number;
    const opcode = first & 0x0f;
    this.remaining = payloadLength(header);
    if (opcode === CLOSE) return;
    const isControl = opcode >= CONTROL;
    this.listener.onFrame(isControl, (first & 0x80) !== 0, length + this.remaining);
  }
}

/** Bytes of a header, as far as the beginning of it tells. */
function headerLength(bytes: Buffer): number {
  if (bytes.length < 2) return 2;
  const second = bytes[1] as number;
  const size = second & 0x7f;
  const extended = size === 126 ? 2 : size === 127 ? 8 : 0;
  return 2 + extended + ((second & 0x80) === 0 ? 0 : 4);
}

function payloadLength(header: Buffer): number {
  const size = (header[1] as number) & 0x7f;
  if (size === 126) return header.readUInt16BE(2);
  if (size < 126) return size;
  return header.readUInt32BE(2) * 2 ** 32 + header.readUInt32BE(6);
}
