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
  /** Of the current frame. */
  private opcode = 0;
  /** Whether frames are no longer counted. */
  private isSkimming = false;
  /** Whether `skim()` hands over the current frame. */
  private isPassing = false;

  /** @param listener may be left out where frames are only skimmed */
  constructor(private readonly listener?: FrameListener) {}

  /** Counts the frames of a chunk. After a Close nothing counts any more (RFC 6455 §5.5.1). */
  read(chunk: Buffer): void {
    for (let at = 0; at < chunk.length && !this.isOver;)
      at = this.remaining > 0 ? at + this.step(chunk, at) : this.readHeader(chunk, at);
  }

  /**
   * Steps over the frames of a chunk without counting them. Hands over what completes a frame that `read()` has seen the
   * beginning of, and the Close: a reader that has had every byte so far gets whole frames, and few.
   */
  skim(chunk: Buffer, pass: (bytes: Buffer) => void): void {
    if (!this.isSkimming) {
      this.isSkimming = true;
      this.isPassing = this.remaining > 0 || this.partial !== undefined;
    }
    for (let at = 0; at < chunk.length && !this.isOver;) {
      const { partial } = this;
      const start = at;
      const isHeader = this.remaining === 0;
      at = isHeader ? this.readHeader(chunk, at) : at + this.step(chunk, at);
      const isClose = isHeader && !this.partial && this.opcode === CLOSE;
      // The reader has had the first bytes of a frame that it is in, and none of a Close.
      if (isClose && partial && !this.isPassing) pass(partial);
      if (isClose || this.isPassing) pass(chunk.subarray(start, at));
      if (!this.partial) this.isPassing = this.remaining > 0 && (this.isPassing || isClose);
    }
  }

  /** Whether a whole Close was there: the client has nothing more to say. */
  get isOver(): boolean {
    return this.opcode === CLOSE && this.remaining === 0;
  }

  private step(chunk: Buffer, at: number): number {
    const step = Math.min(this.remaining, chunk.length - at);
    this.remaining -= step;
    return step;
  }

  /** @returns where the header ends, or the chunk */
  private readHeader(chunk: Buffer, at: number): number {
    if (this.partial) return this.completeHeader(this.partial, chunk, at);
    const length = headerLength(chunk, at);
    if (chunk.length - at < length) {
      // Copied, so that two bytes do not keep a whole chunk alive.
      this.partial = Buffer.from(chunk.subarray(at));
      return chunk.length;
    }
    this.onHeader(chunk, at, length);
    return at + length;
  }

  private completeHeader(partial: Buffer, chunk: Buffer, at: number): number {
    const known = partial.length;
    const bytes = Buffer.concat([partial, chunk.subarray(at, at + LONGEST_HEADER - known)]);
    const length = headerLength(bytes, 0);
    if (bytes.length < length) {
      this.partial = bytes;
      return chunk.length;
    }
    this.partial = undefined;
    this.onHeader(bytes, 0, length);
    return at + length - known;
  }

  private onHeader(bytes: Buffer, at: number, length: number): void {
    const first = bytes[at] as number;
    const opcode = first & 0x0f;
    this.opcode = opcode;
    this.remaining = payloadLength(bytes, at);
    if (this.isSkimming || opcode === CLOSE) return;
    this.listener?.onFrame(opcode >= CONTROL, (first & 0x80) !== 0, length + this.remaining);
  }
}

/** Bytes of a header, as far as the beginning of it tells. */
function headerLength(bytes: Buffer, at: number): number {
  if (bytes.length - at < 2) return 2;
  const second = bytes[at + 1] as number;
  const size = second & 0x7f;
  const extended = size === 126 ? 2 : size === 127 ? 8 : 0;
  return 2 + extended + ((second & 0x80) === 0 ? 0 : 4);
}

function payloadLength(bytes: Buffer, at: number): number {
  const size = (bytes[at + 1] as number) & 0x7f;
  if (size === 126) return bytes.readUInt16BE(at + 2);
  if (size < 126) return size;
  return bytes.readUInt32BE(at + 2) * 2 ** 32 + bytes.readUInt32BE(at + 6);
}
