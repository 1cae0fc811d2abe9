import { Opcode } from './raw-frames.js';

export interface ServerFrame {
  opcode: number;
  payload: Buffer;
}

const KNOWN = new Set<number>(Object.values(Opcode));

/** Reads what a server sends, and throws at everything a server must not send (RFC 6455 §5). */
export class ServerFrames {
  private bytes = Buffer.alloc(0);
  private isOver = false;

  /** @returns the frames that are complete with this chunk */
  read(chunk: Buffer): ServerFrame[] {
    this.bytes = Buffer.concat([this.bytes, chunk]);
    const frames: ServerFrame[] = [];
    for (let frame = this.take(); frame; frame = this.take()) frames.push(frame);
    return frames;
  }

  /** Throws when the connection ended inside a frame. */
  end(): void {
    demand(this.bytes.length === 0, 'the connection ended inside a frame');
  }

  private take(): ServerFrame | undefined {
    const { bytes } = this;
    if (bytes.length === 0) return undefined;
    demand(!this.isOver, 'a frame follows the close frame');
    if (bytes.length < 2) return undefined;
    const [first, second] = bytes as unknown as [number, number];
    const opcode = first & 0x0f;
    demand(first >> 4 === 8, 'a fragment or reserved bits');
    demand(KNOWN.has(opcode) && opcode !== Opcode.CONTINUATION, `the opcode ${opcode}`);
    demand(second < 0x80, 'a masked frame');
    demand(opcode < Opcode.CLOSE || second < 126, 'a control frame of more than 125 bytes');
    const start = second < 126 ? 2 : second === 126 ? 4 : 10;
    if (bytes.length < start) return undefined;
    const length = second < 126 ? second : bytes.readUIntBE(start === 4 ? 2 : 4, start === 4 ? 2 : 6);
    demand(start === 2 || length > (start === 4 ? 125 : 65535), 'a length in more bytes than it needs');
    if (bytes.length < start + length) return undefined;
    this.bytes = bytes.subarray(start + length);
    this.isOver = opcode === Opcode.CLOSE;
    return { opcode, payload: bytes.subarray(start, start + length) };
  }
}

function demand(condition: boolean, otherwise: string): void {
  if (!condition) throw new Error(`the server sent something no server may send: ${otherwise}`);
}
