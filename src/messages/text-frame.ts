import { Buffer } from 'node:buffer';

const FIN_TEXT = 0x81;

/** One unmasked text frame (RFC 6455 §5.2), header and payload in one piece. */
export function textFrame(text: string): Buffer {
  const length = Buffer.byteLength(text);
  const start = length < 126 ? 2 : length < 65_536 ? 4 : 10;
  const frame = Buffer.allocUnsafe(start + length);
  frame[0] = FIN_TEXT;
  if (start === 2) {
    frame[1] = length;
  } else if (start === 4) {
    frame[1] = 126;
    frame.writeUInt16BE(length, 2);
  } else {
    frame[1] = 127;
    frame.writeUInt32BE(Math.floor(length / 2 ** 32), 2);
    frame.writeUInt32BE(length >>> 0, 6);
  }
  // For ASCII, Latin-1 gives the same bytes and is faster.
  if (length === text.length) frame.write(text, start, 'latin1');
  else frame.write(text, start);
  return frame;
}

/** The headers of frames whose length has one byte, as Latin-1. */
const SHORT_HEADERS = Array.from({ length: 126 }, (_, length) => String.fromCharCode(FIN_TEXT, length));

/**
 * A frame as {@link textFrame}, as a string of its bytes.
 *
 * @returns undefined for a text with other characters than ASCII, or of 64 KiB and more
 */
export function asciiFrame(text: string): string | undefined {
  const { length } = text;
  if (length >= 65_536 || Buffer.byteLength(text) !== length) return undefined;
  const header = SHORT_HEADERS[length] ?? String.fromCharCode(FIN_TEXT, 126, length >> 8, length & 0xff);
  return header + text;
}

/** The length of the text in a frame, in bytes. */
export function payloadLengthOf({ length }: { readonly length: number }): number {
  return length - (length < 128 ? 2 : length < 65_540 ? 4 : 10);
}
