import { createHash, timingSafeEqual } from 'node:crypto';
import type { Clock } from '../../connection/clock.js';
import type { Principal } from '../../connection/principal.js';
import { InvalidCredentialError } from '../../errors/invalid-credential.error.js';
import { stateOfFile } from '../../options/file-state.js';
import { readApiKeys, type ApiKey } from '../../options/api-keys.js';
import { TokenVerifier } from '../token-verifier.js';

const POLL_MS = 1000;
const ISSUER = 'api-key';

/**
 * Keys of services, known by their hash alone. The file is looked at before each decision and once a second, so that
 * a key that was taken out is refused at once and a broken file is heard of before anybody connects.
 */
export class ApiKeyVerifier extends TokenVerifier {
  private keys: readonly HashedKey[];
  private seen: string | undefined;
  private failure: string | undefined;
  private pending: Promise<void> | undefined;
  private readonly stop: () => void;

  /**
   * @param onReloadFailed hears once why a changed file is not taken over; the keys before it stay
   * @throws Error when the file cannot be used
   */
  constructor(
    private readonly file: string,
    private readonly clock: Clock,
    private readonly onReloadFailed: (reason: string) => void,
  ) {
    super();
    this.keys = readApiKeys(file).map(hashed);
    this.stop = clock.every(POLL_MS, () => void this.refresh());
  }

  close(): void {
    this.stop();
  }

  override async verify(key: string): Promise<Principal> {
    await this.refresh();
    const found = this.find(createHash('sha256').update(key).digest());
    if (!found) throw new InvalidCredentialError('no such key');
    const { id, roles, scopes, expiresAt = null } = found;
    if (expiresAt !== null && this.clock.now() >= expiresAt) throw new InvalidCredentialError('expired');
    return { id, issuer: ISSUER, kind: 'api-key', roles, scopes, claims: {}, expiresAt, sessionId: null };
  }

  /** Every entry is compared, and each in constant time: the answer takes as long whichever it is. */
  private find(hash: Buffer): ApiKey | undefined {
    let found: ApiKey | undefined;
    for (const entry of this.keys) {
      if (timingSafeEqual(entry.hash, hash)) found = entry.key;
    }
    return found;
  }

  private refresh(): Promise<void> {
    this.pending ??= this.reload().finally(() => (this.pending = undefined));
    return this.pending;
  }

  private async reload(): Promise<void> {
    // Before the content is read: what changes in between is seen the next time.
    const state = await stateOfFile(this.file);
    if (state === this.seen) return;
    try {
      this.keys = readApiKeys(this.file).map(hashed);
      this.seen = state;
      this.failure = undefined;
    } catch (error) {
      this.report(state, (error as NodeJS.ErrnoException).code ?? (error as Error).message);
    }
  }

  /** Once per state of the file, though each look tries again: it may be unreadable only for a while. */
  private report(state: string, reason: string): void {
    if (this.failure === `${state} ${reason}`) return;
    this.failure = `${state} ${reason}`;
    this.onReloadFailed(reason);
  }
}

interface HashedKey {
  readonly key: ApiKey;
  readonly hash: Buffer;
}

function hashed(key: ApiKey): HashedKey {
  return { key, hash: Buffer.from(key.sha256, 'hex') };
}
