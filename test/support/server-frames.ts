import { Opcode } from './raw-frames.js';

export interface ServerFrame {
  opcode: number;
  payload: Buffer;
}

const KNOWN = new Set<number>(Object.values(Opcode));

/** Parses frames of a server. Throws at everything that a server must not send (RFC 6455 §5). */
export class ServerFrames {
  private bytes = Buffer.alloc(0);
  private isOver = false;

  /** @returns the frames that this chunk completes */
  read(chunk: Buffer): ServerFrame[] {
    this.bytes = Buffer.concat([this.bytes, chunk]);
    const frames: ServerFrame[] = [];
    for (let frame = this.take(); frame; frame = this.take()) frames.push(frame);
    return frames;
  }

  /** Throws when the connection ended inside a frame. */
  end(): void {
    check(this.bytes.length === 0, 'the connection ended inside a frame');
  }

  private take(): ServerFrame | undefined {
    const { bytes } = this;
    if (bytes.length === 0) return undefined;
    check(!this.isOver, 'a frame follows the close frame');
    if (bytes.length < 2) return undefined;
    const [first, second] = bytes as unknown as [number, number];
    const opcode = first & 0x0f;
    check(first >> 4 === 8, 'a fragment or reserved bits');
    check(KNOWN.has(opcode) && opcode !== Opcode.CONTINUATION, `the opcode ${opcode}`);
    check(second < 0x80, 'a masked frame');
    check(opcode < Opcode.CLOSE || second < 126, 'a control frame of more than 125 bytes');
    const start = second < 126 ? 2 : second === 126 ? 4 : 10;
    if (bytes.length < start) return undefined;
    const length = second < 126 ? second : bytes.readUIntBE(start === 4 ? 2 : 4, start === 4 ? 2 : 6);
    check(start === 2 || length > (start === 4 ? 125 : 65535), 'a length in more bytes than it needs');
    if (bytes.length < start + length) return undefined;
    this.bytes = bytes.subarray(start + length);
    this.isOver = opcode === Opcode.CLOSE;
    return { opcode, payload: bytes.subarray(start, start + length) };
  }
}

function check(condition: boolean, otherwise: string): void {
  if (!condition) throw new Error(`the server must not send this: ${otherwise}`);
}
