/** One server-sent event. */
export interface Sent {
  readonly id: string;
  readonly event: string;
  readonly data: string;
}

/** A text that never ends is no event. */
const MOST_LETTERS = 1_000_000;

/** Reads server-sent events (HTML Living Standard §9.2), as far as the API sends them. */
export class SseReader {
  #rest = '';

  /** @returns the events that are complete now */
  read(text: string): Sent[] {
    const blocks = (this.#rest + text).split('\n\n');
    this.#rest = blocks.pop() ?? '';
    if (this.#rest.length > MOST_LETTERS) throw new Error('an event is too long');
    return blocks.flatMap((block) => this.#eventOf(block));
  }

  #eventOf(block: string): Sent[] {
    const sent = { id: '', event: '', data: '' };
    for (const line of block.split('\n')) {
      const [, name, text = ''] = /^(id|event|data): ?(.*)$/.exec(line) ?? [];
      if (name !== undefined) sent[name as keyof Sent] = text;
    }
    return sent.event === '' ? [] : [sent];
  }
}
