/** The text of a push, or of a refusal, serialised once for all who get it; sessions of `ws-security.v1` number it each on their own. */
export class PushText {
  private readonly head: string;
  /** For clients that speak no subprotocol of ours. */
  readonly plain: string;
  /** `plain` as whoever sends it has encoded it, once for all. */
  frame: Uint8Array | undefined;

  /** @param json the data, as JSON */
  constructor(event: string, json: string) {
    this.head = `{"event":${JSON.stringify(event)},"data":${json}`;
    this.plain = `${this.head}}`;
  }

  numbered(seq: number): string {
    return `${this.head},"seq":${seq}}`;
  }
}
