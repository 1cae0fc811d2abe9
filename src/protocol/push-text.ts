/** What all forms of a push begin with: serialised once, and kept once however many sessions keep it. */
export class PushHead {
  /** How many sessions keep it. */
  keepers = 0;
  private width: 1 | 2 | undefined;

  constructor(readonly text: string) {}

  /** Bytes that a character of it takes in memory: two as soon as one of them is beyond Latin-1. */
  get bytesPerCharacter(): 1 | 2 {
    return (this.width ??= /[^\0-\xff]/.test(this.text) ? 2 : 1);
  }

  numbered(seq: number): string {
    return `${this.text},"seq":${seq}}`;
  }
}

/** The text of a push, or of a refusal, serialised once for all who get it; sessions of `ws-security.v1` number it each on their own. */
export class PushText {
  readonly head: PushHead;
  /** For clients that speak no subprotocol of ours. */
  readonly plain: string;
  /** `plain` as whoever sends it has encoded it, once for all. */
  frame: Uint8Array | undefined;

  /** @param json the data, as JSON */
  constructor(event: string, json: string) {
    const text = `{"event":${JSON.stringify(event)},"data":${json}`;
    this.head = new PushHead(text);
    this.plain = `${text}}`;
  }

  numbered(seq: number): string {
    return this.head.numbered(seq);
  }
}
