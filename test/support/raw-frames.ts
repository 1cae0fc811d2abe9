/** Opcodes (RFC 6455 §5.2). The other numbers are reserved. */
export const Opcode = { CONTINUATION: 0, TEXT: 1, BINARY: 2, CLOSE: 8, PING: 9, PONG: 10 } as const;

export interface FrameParts {
  opcode?: number;
  payload?: Buffer | string;
  /** Whether it is the last fragment. Default: true. */
  fin?: boolean;
  /** RSV1 is 4, RSV2 is 2, RSV3 is 1. */
  rsv?: number;
  /** null leaves the frame unmasked, which the RFC forbids for clients. */
  mask?: Buffer | null;
  /** The value of the length field, if it differs from the length of the payload. */
  length?: bigint;
  /** Bits of the length field. Default: the fewest that hold the length. */
  lengthBits?: 7 | 16 | 64;
}

const MASK = Buffer.from([0x37, 0xfa, 0x21, 0x3d]);

/** The bytes of one client frame. It is valid unless `parts` says otherwise. */
export function frame(parts: FrameParts = {}): Buffer {
  const { opcode = Opcode.TEXT, fin = true, rsv = 0, mask = MASK } = parts;
  const payload = Buffer.from(parts.payload ?? '');
  const length = parts.length ?? BigInt(payload.length);
  const first = (fin ? 0x80 : 0) | (rsv << 4) | opcode;
  const field = lengthField(length, parts.lengthBits ?? bitsFor(length), mask !== null);
  return Buffer.concat([Buffer.from([first]), field, mask ?? Buffer.alloc(0), masked(payload, mask)]);
}

export const text = (payload: Buffer | string, parts: FrameParts = {}): Buffer =>
  frame({ ...parts, payload });

export const continuation = (payload: Buffer | string, parts: FrameParts = {}): Buffer =>
  frame({ opcode: Opcode.CONTINUATION, ...parts, payload });

export const ping = (payload: Buffer | string = '', parts: FrameParts = {}): Buffer =>
  frame({ opcode: Opcode.PING, ...parts, payload });

export const pong = (payload: Buffer | string = '', parts: FrameParts = {}): Buffer =>
  frame({ opcode: Opcode.PONG, ...parts, payload });

export function close(code: number, reason: Buffer | string = '', parts: FrameParts = {}): Buffer {
  const status = Buffer.from([code >> 8, code & 0xff]);
  return frame({ opcode: Opcode.CLOSE, ...parts, payload: Buffer.concat([status, Buffer.from(reason)]) });
}

/** One message, with one frame for each piece. */
export function fragments(pieces: readonly (Buffer | string)[], opcode: number = Opcode.TEXT): Buffer[] {
  return pieces.map((payload, index) =>
    frame({ opcode: index === 0 ? opcode : Opcode.CONTINUATION, fin: index === pieces.length - 1, payload }),
  );
}

function bitsFor(length: bigint): 7 | 16 | 64 {
  if (length < 126n) return 7;
  return length < 65536n ? 16 : 64;
}

function lengthField(length: bigint, bits: 7 | 16 | 64, isMasked: boolean): Buffer {
  const flag = isMasked ? 0x80 : 0;
  if (bits === 7) return Buffer.from([flag | Number(length)]);
  const field = Buffer.alloc(1 + bits / 8);
  field[0] = flag | (bits === 16 ? 126 : 127);
  if (bits === 16) field.writeUInt16BE(Number(length), 1);
  else field.writeBigUInt64BE(length, 1);
  return field;
}

function masked(payload: Buffer, mask: Buffer | null): Buffer {
  return mask ? Buffer.from(payload.map((byte, index) => byte ^ (mask[index % 4] as number))) : payload;
}
