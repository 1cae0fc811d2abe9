const CONTROL = 0x8;
const CLOSE = 0x8;
const LONGEST_HEADER = 14;

/** Is notified of each frame as soon as its header has arrived. */
export interface FrameListener {
  /**
   * @param isControl true for a ping or pong, false for a frame of a message
   * @param isFinal whether the frame is the last of its message
   * @param bytes length of header and payload
   */
  onFrame(isControl: boolean, isFinal: boolean, bytes: number): void;
  /** A frame is skipped, because the connection is closing. */
  onSkipped?(): void;
}

/**
 * Counts frames in the bytes of a client (RFC 6455 §5.2) before `ws` reads them. `ws` reports whole messages only, but
 * sixty fragments cost more than one. Payloads are skipped, and `ws` decides whether frames are valid.
 */
export class FrameMeter {
  /** Bytes of the current payload that are still to come. */
  private remaining = 0;
  /** The beginning of a header that continues in the next chunk. */
  private partial: Buffer | undefined;
  /** Opcode of the current frame. */
  private opcode = 0;
  /** Whether `skim()` was called: frames are no longer counted. */
  private isSkimming = false;
  /** Whether `skim()` passes the current frame on. */
  private isPassing = false;

  /** @param listener can be omitted if frames are only skimmed */
  constructor(private readonly listener?: FrameListener) {}

  /** Counts the frames of a chunk. Frames after a Close are not counted (RFC 6455 §5.5.1). */
  read(chunk: Buffer): void {
    for (let at = 0; at < chunk.length && !this.isOver;)
      at = this.remaining > 0 ? at + this.step(chunk, at) : this.readHeader(chunk, at);
  }

  /**
   * Skips the frames of a chunk without counting them. Passes on the rest of a frame that `read()` has seen the
   * beginning of, and the Close. So a reader that has had every byte so far gets whole frames, and only few.
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
      // The reader has the first bytes of a frame that `read()` has seen, but not those of the Close.
      if (isClose && partial && !this.isPassing) pass(partial);
      if (isClose || this.isPassing) pass(chunk.subarray(start, at));
      if (!this.partial) this.isPassing = this.remaining > 0 && (this.isPassing || isClose);
    }
  }

  /** Whether a complete Close has arrived, after which the client may send nothing. */
  get isOver(): boolean {
    return this.opcode === CLOSE && this.remaining === 0;
  }

  /** Whether the next byte begins a frame that is counted. */
  get isBetweenFrames(): boolean {
    return this.remaining === 0 && this.partial === undefined && this.opcode !== CLOSE;
  }

  private step(chunk: Buffer, at: number): number {
    const step = Math.min(this.remaining, chunk.length - at);
    this.remaining -= step;
    return step;
  }

  /** @returns the index of the end of the header, or of the chunk */
  private readHeader(chunk: Buffer, at: number): number {
    if (this.partial) return this.completeHeader(this.partial, chunk, at);
    const length = headerLength(chunk, at);
    if (chunk.length - at < length) {
      // Copied, because a view of two bytes would keep the whole chunk in memory.
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
    if (opcode === CLOSE) return;
    if (this.isSkimming) this.listener?.onSkipped?.();
    else this.listener?.onFrame(opcode >= CONTROL, (first & 0x80) !== 0, length + this.remaining);
  }
}

/** Length of a header, or of the part that has to be read to know it. */
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
