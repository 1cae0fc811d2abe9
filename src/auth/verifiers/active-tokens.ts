import { bytesOf, REMEMBERED_BYTES } from './remembered-bytes.js';

const MAX_TOKENS = 10_000;

/** What an authorization server has answered about a token, as JSON. */
export interface ActiveToken {
  readonly json: string;
  /** Monotonic milliseconds until which it is believed. */
  readonly until: number;
}

/** Active tokens by their hashes; the oldest are given up when there are too many, or when their answers are too large. */
export class ActiveTokens {
  private readonly tokens = new Map<string, ActiveToken>();
  private bytes = 0;

  /** @param maxBytes what it may take in memory */
  constructor(private readonly maxBytes = REMEMBERED_BYTES) {}

  /** How many tokens are remembered. */
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
