/**
 * The part of a push that all its forms begin with. It is serialized and stored once, even if several sessions keep
 * it.
 */
export class PushHead {
  /** The number of sessions that keep it. */
  keepers = 0;
  private width: 1 | 2 | undefined;

  constructor(readonly text: string) {}

  /** Bytes per character in memory: two if any character is beyond Latin-1. */
  get bytesPerCharacter(): 1 | 2 {
    return (this.width ??= /[^\0-\xff]/.test(this.text) ? 2 : 1);
  }

  numbered(seq: number): string {
    return `${this.text},"seq":${seq}}`;
  }
}

/**
 * The text of a push or an error, serialized once for all recipients. Sessions of `ws-security.v1` add their own
 * numbers.
 */
export class PushText {
  readonly head: PushHead;
  /** For clients without the subprotocol. */
  readonly plain: string;
  /** `plain` as an encoded frame, cached by the sender. */
  frame: Uint8Array | undefined;
  /** The same for a sender that joins frames: a text of bytes if all characters are ASCII. */
  ascii: string | Uint8Array | undefined;

  /** @param json the data as JSON */
  constructor(event: string, json: string) {
    const text = `{"event":${JSON.stringify(event)},"data":${json}`;
    this.head = new PushHead(text);
    this.plain = `${text}}`;
  }

  numbered(seq: number): string {
    return this.head.numbered(seq);
  }
}
