import { createLocalJWKSet, errors, type JSONWebKeySet, type JWK, type JWTHeaderParameters } from 'jose';
import type { PartHealth } from '../../connection/part-health.js';
import type { Clock } from '../../time/clock.js';
import { InvalidCredentialError } from '../../errors/invalid-credential.error.js';
import { ProviderUnavailableError } from '../../errors/provider-unavailable.error.js';
import { ProviderFault } from './provider-fault.js';
import type { VerificationKey, VerificationKeys } from './verification-keys.js';

/** How long fetched keys are used before they are fetched again, or if the provider does not answer. */
const FRESH_MS = 600_000;
export const STALE_MS = 3_600_000;
/** The minimum time between two requests for unknown `kid`s, and before a failed request is repeated. */
const COOLDOWN_MS = 30_000;
const RETRY_MS = 2000;
const MAX_CANDIDATES = 16;
const MIN_MODULUS_BYTES = 256;

type LocalKeys = ReturnType<typeof createLocalJWKSet>;

/** Is told what happens to keys. */
export interface KeysWatcher {
  works(): void;
  failed(error: unknown): void;
  /** Other keys than before are in use. */
  rotated(count: number): void;
}

/**
 * Keys published by a provider (RFC 7517 §5), fetched on first use or by the first probe. Tokens with unknown keys cause at most one
 * request per `COOLDOWN_MS`.
 */
export class RemoteKeys implements VerificationKeys {
  private keys: LocalKeys | undefined;
  /** The last answer. Tokens of one key have the same header, which is the same object. */
  private latest:
    | {
        readonly header: JWTHeaderParameters;
        readonly of: LocalKeys;
        readonly candidates: readonly VerificationKey[];
      }
    | undefined;
  private fetchedAt = -Infinity;
  private attemptedAt = -Infinity;
  private failure: unknown;
  /** The last keys as text. */
  private known = '';
  private pending: Promise<void> | undefined;

  /** @param fetchKeys requests the provider's JWK set */
  constructor(
    private readonly fetchKeys: () => Promise<Record<string, unknown>>,
    private readonly clock: Clock,
    private readonly watcher: KeysWatcher,
  ) {}

  async candidates(header: JWTHeaderParameters): Promise<readonly VerificationKey[]> {
    if (this.since(this.fetchedAt) >= FRESH_MS) {
      const refreshed = this.refresh(RETRY_MS);
      // A provider that failed may let each attempt wait for its timeout. The known keys are valid meanwhile.
      if (!this.keys || this.failure === undefined) await refreshed;
    }
    const { keys } = this;
    const known = await this.matching(header);
    if (known.length > 0) {
      if (keys) this.latest = { header, of: keys, candidates: known };
      return known;
    }
    await this.refresh(COOLDOWN_MS);
    const found = await this.matching(header);
    if (found.length === 0 && this.failure !== undefined) throw this.unavailable();
    return found;
  }

  candidatesNow(header: JWTHeaderParameters): readonly VerificationKey[] | undefined {
    const { latest, keys } = this;
    if (latest?.header !== header || latest.of !== keys) return undefined;
    return this.since(this.fetchedAt) < FRESH_MS ? latest.candidates : undefined;
  }

  /**
   * Not ready before keys have been fetched once, which this starts. A provider that fails later is no reason to send
   * clients away: it fails for all nodes.
   */
  health(): PartHealth {
    if (this.failure !== undefined || this.since(this.fetchedAt) >= FRESH_MS) void this.refresh(RETRY_MS);
    if (!this.keys) return 'unready';
    return this.failure === undefined ? 'ready' : 'degraded';
  }

  age(): number | undefined {
    return this.keys && this.since(this.fetchedAt);
  }

  private async matching(header: JWTHeaderParameters): Promise<readonly VerificationKey[]> {
    if (!this.keys || this.since(this.fetchedAt) >= STALE_MS) throw this.unavailable();
    try {
      return [await this.keys(header)];
    } catch (error) {
      if (error instanceof errors.JWKSMultipleMatchingKeys) return firstOf(error);
      if (error instanceof errors.JWKSNoMatchingKey) return [];
      throw new InvalidCredentialError('no usable key', { check: 'unknown-key', cause: error });
    }
  }

  /**
   * Fetches the keys unless they were requested less than `pauseMs` ago. Calls in the meantime share the same
   * request.
   */
  private async refresh(pauseMs: number): Promise<void> {
    if (!this.pending && this.since(this.attemptedAt) >= pauseMs) {
      this.attemptedAt = this.clock.monotonic();
      this.pending = this.fetch().finally(() => (this.pending = undefined));
    }
    await this.pending;
  }

  private async fetch(): Promise<void> {
    try {
      const set = usable(await this.fetchKeys());
      this.take(set);
      if (!this.keys) throw new ProviderFault('no usable key');
      this.failure = undefined;
      this.watcher.works();
    } catch (error) {
      this.failure = error;
      this.watcher.failed(error);
    }
  }

  /** Keys that are not published any more are not used, even if there are no others. */
  private take(set: JSONWebKeySet): void {
    const isEmpty = set.keys.length === 0;
    this.keys = isEmpty ? undefined : createLocalJWKSet(set);
    this.fetchedAt = isEmpty ? -Infinity : this.clock.monotonic();
    this.compare(set);
  }

  private compare({ keys }: JSONWebKeySet): void {
    const before = this.known;
    this.known = keys
      .map((key) => JSON.stringify(key))
      .toSorted()
      .join();
    // Keys after none at all are the first ones.
    if (before !== '' && before !== this.known) this.watcher.rotated(keys.length);
  }

  private unavailable(): ProviderUnavailableError {
    return new ProviderUnavailableError('the keys of the issuer could not be fetched', {
      cause: this.failure,
    });
  }

  private since(time: number): number {
    return this.clock.monotonic() - time;
  }
}

/** Drops weak, secret and private keys, so that they do not affect the others. */
function usable({ keys }: Record<string, unknown>): JSONWebKeySet {
  if (!Array.isArray(keys)) throw new ProviderFault('not a JWK set');
  return { keys: (keys as unknown[]).filter(isUsable) };
}

function isUsable(key: unknown): key is JWK {
  if (typeof key !== 'object' || key === null) return false;
  const { kty, n, d } = key as JWK;
  if (kty === 'oct' || d !== undefined) return false;
  if (kty !== 'RSA') return true;
  return typeof n === 'string' && Buffer.from(n, 'base64url').length >= MIN_MODULUS_BYTES;
}

async function firstOf(keys: AsyncIterable<VerificationKey>): Promise<VerificationKey[]> {
  const first: VerificationKey[] = [];
  for await (const key of keys) {
    if (first.push(key) === MAX_CANDIDATES) break;
  }
  return first;
}
