const MAX_HEADER = 10;

/** Finds the frames of a server by their headers. It keeps payloads only on request. */
export class FrameReader {
  /** Whether to keep payloads. */
  keeps = false;
  private readonly header = Buffer.alloc(MAX_HEADER);
  private have = 0;
  private opcode = 0;
  private length = 0;
  private missing = 0;
  private parts: Buffer[] = [];

  constructor(private readonly onFrame: (opcode: number, length: number, payload: string) => void) {}

  push(chunk: Buffer, size: number): void {
    let at = 0;
    while (at < size) {
      if (this.missing > 0) {
        const taken = Math.min(this.missing, size - at);
        if (this.keeps) this.parts.push(Buffer.from(chunk.subarray(at, at + taken)));
        at += taken;
        this.missing -= taken;
        if (this.missing === 0) this.finish();
        continue;
      }
      this.header[this.have++] = chunk[at++] as number;
      if (this.have < 2 || this.have < this.headerLength()) continue;
      this.have = 0;
      this.opcode = (this.header[0] as number) & 0x0f;
      this.length = this.payloadLength();
      this.missing = this.length;
      if (this.missing === 0) this.finish();
    }
  }

  private finish(): void {
    const { opcode, length } = this;
    let payload = '';
    if (this.parts.length > 0) {
      payload = Buffer.concat(this.parts).toString();
      this.parts = [];
    }
    this.onFrame(opcode, length, payload);
  }

  private headerLength(): number {
    const short = (this.header[1] as number) & 0x7f;
    return short < 126 ? 2 : short === 126 ? 4 : MAX_HEADER;
  }

  private payloadLength(): number {
    const short = (this.header[1] as number) & 0x7f;
    if (short < 126) return short;
    return short === 126 ? this.header.readUInt16BE(2) : Number(this.header.readBigUInt64BE(2));
  }
}
