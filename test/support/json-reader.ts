/** An object with every member as written, duplicates included. */
export class MemberList {
  constructor(readonly members: readonly (readonly [name: string, value: unknown])[]) {}
}

/** Parses JSON (RFC 8259) and keeps duplicate members. Returns undefined for invalid JSON. */
export function readJson(text: string): unknown {
  const reader = new Reader(text);
  try {
    return reader.document();
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

class Reader {
  private at = 0;

  constructor(private readonly text: string) {}

  document(): unknown {
    const value = this.value();
    this.blank();
    if (this.at < this.text.length) throw new SyntaxError('text after the value');
    return value;
  }

  private value(): unknown {
    this.blank();
    if (this.take('{')) return new MemberList(this.items('}', () => this.member()));
    if (this.take('[')) return this.items(']', () => this.value());
    return this.leaf(/"(?:[^"\\]|\\.)*"|[-+.\w]+/y);
  }

  private member(): [string, unknown] {
    this.blank();
    const name = this.leaf(/"(?:[^"\\]|\\.)*"/y) as string;
    this.blank();
    if (!this.take(':')) throw new SyntaxError('no colon');
    return [name, this.value()];
  }

  private items<T>(end: string, read: () => T): T[] {
    this.blank();
    if (this.take(end)) return [];
    const items: T[] = [];
    for (;;) {
      items.push(read());
      this.blank();
      if (this.take(end)) return items;
      if (!this.take(',')) throw new SyntaxError('no comma');
    }
  }

  private leaf(pattern: RegExp): unknown {
    pattern.lastIndex = this.at;
    const [token] = pattern.exec(this.text) ?? [];
    if (token === undefined) throw new SyntaxError('no value');
    this.at += token.length;
    return JSON.parse(token);
  }

  private blank(): void {
    while (/[ \t\n\r]/.test(this.text.charAt(this.at))) this.at += 1;
  }

  private take(sign: string): boolean {
    if (this.text.charAt(this.at) !== sign) return false;
    this.at += 1;
    return true;
  }
}
