import { isUtf8 } from 'node:buffer';

/** FIN and the opcode of a text, without reserved bits. */
const FIN_TEXT = 0x81;
const MASKED = 0x80;
const EXTENDED_16 = 126;
const EXTENDED_64 = 127;
const MASK_LENGTH = 4;
const NOT_ASCII = 0x80;

/** `toString('latin1')` of Node without its checks. The types lack it. */
interface LatinBuffer extends Buffer {
  latin1Slice(start: number, end: number): string;
}

/**
 * Reads text messages that are one whole frame each (RFC 6455 §5.2), which almost all are. Everything else is left to
 * `ws`: control frames, fragments, binary and compressed messages, frames that continue in the next chunk, and whatever
 * breaks the protocol.
 */
export class TextFrames {
  /** The length of the last message in bytes. */
  length = 0;
  private start = 0;
  private isAscii = true;

  /** @param maxPayload the length in bytes of the longest message */
  constructor(private readonly maxPayload: number) {}

  /** Unmasks the message that begins at an index. @returns the index of its end; 0 if `ws` has to read it */
  unmask(chunk: Buffer, at: number): number {
    if (chunk.length - at < 2 || chunk[at] !== FIN_TEXT) return 0;
    const second = chunk[at + 1] as number;
    let length = second - MASKED;
    let mask = at + 2;
    if (length === EXTENDED_16) {
      if (chunk.length - mask < 2) return 0;
      length = ((chunk[mask] as number) << 8) | (chunk[mask + 1] as number);
      mask += 2;
    } else if (length < 0 || length === EXTENDED_64) return 0;
    const start = mask + MASK_LENGTH;
    const end = start + length;
    if (end > chunk.length || length > this.maxPayload) return 0;
    this.start = start;
    this.length = length;
    this.isAscii = applyMask(chunk, mask, end) < NOT_ASCII;
    if (this.isAscii || isUtf8(chunk.subarray(start, end))) return end;
    // `ws` reports the invalid text.
    applyMask(chunk, mask, end);
    return 0;
  }

  /** The last message. */
  text(chunk: Buffer): string {
    const { start, length } = this;
    const end = start + length;
    return this.isAscii ? (chunk as LatinBuffer).latin1Slice(start, end) : chunk.toString('utf8', start, end);
  }
}

/** Applies a mask to the bytes after it; twice, it changes nothing. @returns all resulting bytes, combined by OR */
function applyMask(bytes: Buffer, mask: number, end: number): number {
  const a = bytes[mask] as number;
  const b = bytes[mask + 1] as number;
  const c = bytes[mask + 2] as number;
  const d = bytes[mask + 3] as number;
  let all = 0;
  let at = mask + MASK_LENGTH;
  for (; at + 3 < end; at += 4) {
    all |= bytes[at] = (bytes[at] as number) ^ a;
    all |= bytes[at + 1] = (bytes[at + 1] as number) ^ b;
    all |= bytes[at + 2] = (bytes[at + 2] as number) ^ c;
    all |= bytes[at + 3] = (bytes[at + 3] as number) ^ d;
  }
  if (at < end) all |= bytes[at] = (bytes[at] as number) ^ a;
  if (at + 1 < end) all |= bytes[at + 1] = (bytes[at + 1] as number) ^ b;
  if (at + 2 < end) all |= bytes[at + 2] = (bytes[at + 2] as number) ^ c;
  return all;
}
