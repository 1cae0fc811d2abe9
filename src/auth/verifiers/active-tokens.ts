import { bytesOf, REMEMBERED_BYTES } from './remembered-bytes.js';

const MAX_TOKENS = 10_000;

/** The answer of an authorization server about a token, as JSON. */
export interface ActiveToken {
  readonly json: string;
  /** The answer is used until then, in monotonic milliseconds. */
  readonly until: number;
}

/**
 * Caches active tokens by their hashes. The oldest are deleted if there are too many, or if their answers are too
 * large.
 */
export class ActiveTokens {
  private readonly tokens = new Map<string, ActiveToken>();
  private bytes = 0;

  /** @param maxBytes the memory limit */
  constructor(private readonly maxBytes = REMEMBERED_BYTES) {}

  /** The number of cached tokens. */
  get size(): number {
    return this.tokens.size;
  }

  /** @param now monotonic milliseconds */
  find(hash: string, now: number): ActiveToken | undefined {
    const known = this.tokens.get(hash);
    if (known && now < known.until) return known;
    this.delete(hash);
    return undefined;
  }

  add(hash: string, token: ActiveToken): void {
    this.delete(hash);
    if (bytesOf(token.json) > this.maxBytes) return;
    this.tokens.set(hash, token);
    this.bytes += bytesOf(token.json);
    for (const oldest of this.tokens.keys()) {
      if (this.tokens.size <= MAX_TOKENS && this.bytes <= this.maxBytes) break;
      this.delete(oldest);
    }
  }

  delete(hash: string): void {
    const known = this.tokens.get(hash);
    if (!known) return;
    this.tokens.delete(hash);
    this.bytes -= bytesOf(known.json);
  }
}
