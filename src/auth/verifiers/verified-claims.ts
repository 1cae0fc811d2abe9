import { hash } from 'node:crypto';
import type { JWTPayload } from 'jose';
import { bytesOf, REMEMBERED_BYTES } from './remembered-bytes.js';

const MAX_TOKENS = 10_000;
const MAX_AGE_MS = 600_000;

/** The claims of one token, and the key that verified it. */
class Verified<Key> {
  private readonly json: string;

  constructor(
    readonly key: Key,
    claims: JWTPayload,
  ) {
    // Each connection needs its own copy. Freezing a shared copy costs more than verifying.
    this.json = JSON.stringify(claims);
  }

  get bytes(): number {
    return bytesOf(this.json);
  }

  get claims(): JWTPayload {
    return JSON.parse(this.json) as JWTPayload;
  }
}

/**
 * Caches the claims of tokens whose signatures have been verified, so that a client that reconnects with the same
 * token costs no cryptography. The caller has to check times, and whether the key is still valid. Tokens are stored
 * as SHA-256 hashes.
 *
 * An entry is deleted once it was not used for ten minutes, or while 10,000 others, or others with half of
 * `maxBytes`, were added.
 */
export class VerifiedClaims<Key> {
  private recent = new Map<string, Verified<Key>>();
  private older = new Map<string, Verified<Key>>();
  private since = -Infinity;
  /** The size of the recent entries. */
  private bytes = 0;

  /** @param maxBytes the memory limit */
  constructor(private readonly maxBytes = REMEMBERED_BYTES) {}

  /** The number of cached tokens. */
  get size(): number {
    return this.recent.size + this.older.size;
  }

  digestOf(token: string): string {
    return hash('sha256', token, 'base64');
  }

  /** @param now epoch milliseconds */
  find(digest: string, now: number): Verified<Key> | undefined {
    const known = this.recent.get(digest);
    if (known) return known;
    const verified = this.older.get(digest);
    if (verified) this.keep(digest, verified, now);
    return verified;
  }

  /**
   * @param key the key that verified the token
   * @param now epoch milliseconds
   */
  add(digest: string, key: Key, claims: JWTPayload, now: number): void {
    this.keep(digest, new Verified(key, claims), now);
  }

  private keep(digest: string, verified: Verified<Key>, now: number): void {
    const mostBytes = this.maxBytes / 2;
    if (verified.bytes > mostBytes) return;
    this.bytes -= this.recent.get(digest)?.bytes ?? 0;
    this.recent.delete(digest);
    const age = now - this.since;
    const isFull = this.recent.size >= MAX_TOKENS || this.bytes + verified.bytes > mostBytes;
    if (isFull || age >= MAX_AGE_MS) {
      this.older = age < 2 * MAX_AGE_MS ? this.recent : new Map<string, Verified<Key>>();
      this.recent = new Map();
      this.since = now;
      this.bytes = 0;
    }
    this.older.delete(digest);
    this.recent.set(digest, verified);
    this.bytes += verified.bytes;
  }
}
