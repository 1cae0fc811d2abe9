import { createHash, timingSafeEqual } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import type { Clock } from '../../time/clock.js';
import { isExpired, originalOf, type Principal } from '../../connection/principal.js';
import { InvalidCredentialError } from '../../errors/invalid-credential.error.js';
import type { ApiKey } from '../../options/api-keys.js';
import { TokenVerifier } from '../token-verifier.js';
import type { ApiKeyFile } from './api-key-file.js';

const ISSUER = 'api-key';

/** Keys of services, known by their hash alone. A key that was taken out of the file is refused at once. */
export class ApiKeyVerifier extends TokenVerifier {
  /** The key each principal came with, as it was then. */
  private readonly origins = new WeakMap<Principal, ApiKey>();

  constructor(
    private readonly file: ApiKeyFile,
    private readonly clock: Clock,
  ) {
    super();
  }

  close(): void {
    this.file.close();
  }

  override async verify(key: string): Promise<Principal> {
    await this.file.refresh();
    const found = this.find(createHash('sha256').update(key).digest());
    if (!found) throw new InvalidCredentialError('no such key');
    const principal = this.principalOf(found);
    if (isExpired(principal, this.clock.now())) throw new InvalidCredentialError('expired');
    return principal;
  }

  /** What has become of a principal: itself, one with other rights, or undefined when its key is good no more. */
  current(principal: Principal): Principal | undefined {
    if (principal.kind !== 'api-key' || principal.issuer !== ISSUER) return principal;
    const key = this.file.keys.get(principal.id ?? '');
    // One that another node has stored is known by the id of its key alone.
    const origin = this.origins.get(originalOf(principal));
    if (!key || (origin && key.sha256 !== origin.sha256)) return undefined;
    const current = this.principalOf(key);
    return isDeepStrictEqual(rightsOf(principal), rightsOf(current)) ? principal : current;
  }

  /** Every entry is compared, and each in constant time: the answer takes as long whichever it is. */
  private find(hash: Buffer): ApiKey | undefined {
    let found: ApiKey | undefined;
    for (const key of this.file.keys.values()) {
      if (timingSafeEqual(Buffer.from(key.sha256, 'hex'), hash)) found = key;
    }
    return found;
  }

  private principalOf(key: ApiKey): Principal {
    const { id, roles, scopes, expiresAt = null } = key;
    const identity = { id, issuer: ISSUER, kind: 'api-key', sessionId: null } as const;
    const principal = { ...identity, roles, scopes, claims: {}, expiresAt };
    this.origins.set(principal, key);
    return principal;
  }
}

function rightsOf({ roles, scopes, expiresAt }: Principal): unknown[] {
  return [roles, scopes, expiresAt];
}
