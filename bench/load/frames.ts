import { randomBytes } from 'node:crypto';

const FIN = 0x80;
const MASKED = 0x80;
const MAX_SHORT = 125;
const EXTENDED_16 = 126;

export const Opcode = { TEXT: 1, CLOSE: 8, PING: 9, PONG: 10 } as const;

/** One masked client frame (RFC 6455 §5.2) of at most 65,535 bytes. */
export function clientFrame(text: string, opcode: number = Opcode.TEXT): Buffer {
  const payload = Buffer.from(text);
  const mask = randomBytes(4);
  const header =
    payload.length <= MAX_SHORT
      ? Buffer.from([FIN | opcode, MASKED | payload.length])
      : Buffer.from([FIN | opcode, MASKED | EXTENDED_16, payload.length >> 8, payload.length & 0xff]);
  const masked = payload.map((byte, index) => byte ^ (mask[index & 3] as number));
  return Buffer.concat([header, mask, masked]);
}

/** The frame repeated 0, 1, 2 … times, so that any number of frames needs one write. */
export function repeated(frame: Buffer, times: number): readonly Buffer[] {
  return Array.from({ length: times + 1 }, (_, count) => Buffer.concat(Array<Buffer>(count).fill(frame)));
}
