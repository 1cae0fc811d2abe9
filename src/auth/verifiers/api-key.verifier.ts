import { createHash, timingSafeEqual } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import type { Clock } from '../../time/clock.js';
import { isExpired, type Principal } from '../../connection/principal.js';
import { InvalidCredentialError } from '../../errors/invalid-credential.error.js';
import type { ApiKey } from '../../options/api-keys.js';
import { TokenVerifier } from '../token-verifier.js';
import type { ApiKeyFile } from './api-key-file.js';

const ISSUER = 'api-key';
/** The number of hexadecimal digits of a hash that identify a key: 128 bits. */
const FINGERPRINT_DIGITS = 32;

/** Verifies API keys by their hashes. A key that is removed from the file is refused at once. */
export class ApiKeyVerifier extends TokenVerifier {
  constructor(
    readonly file: ApiKeyFile,
    private readonly clock: Clock,
  ) {
    super();
  }

  override async verify(key: string): Promise<Principal> {
    await this.file.refresh();
    const found = this.find(createHash('sha256').update(key).digest());
    if (!found) throw new InvalidCredentialError('unknown key', { check: 'unknown-key' });
    const principal = principalOf(found);
    if (isExpired(principal, this.clock.now()))
      throw new InvalidCredentialError('expired', { check: 'expired' });
    return principal;
  }

  /** The principal with its current rights, or undefined if its key is no longer valid. */
  current(principal: Principal): Principal | undefined {
    if (principal.kind !== 'api-key' || principal.issuer !== ISSUER) return principal;
    const key = this.file.keys.get(principal.id ?? '');
    if (!key || !isFingerprintOf(key, principal.claims['kid'])) return undefined;
    const current = principalOf(key);
    return isDeepStrictEqual(rightsOf(principal), rightsOf(current)) ? principal : current;
  }

  /** Compares every entry in constant time, so that the duration does not depend on the result. */
  private find(hash: Buffer): ApiKey | undefined {
    let found: ApiKey | undefined;
    for (const key of this.file.keys.values()) {
      if (timingSafeEqual(Buffer.from(key.sha256, 'hex'), hash)) found = key;
    }
    return found;
  }
}

/** The claim `kid` identifies the key even if the principal comes from a store as plain data. */
function principalOf(key: ApiKey): Principal {
  const { id, roles, scopes, expiresAt = null } = key;
  const identity = { id, issuer: ISSUER, kind: 'api-key', sessionId: null } as const;
  return { ...identity, roles, scopes, claims: { kid: fingerprintOf(key) }, expiresAt };
}

function fingerprintOf({ sha256 }: ApiKey): string {
  return sha256.slice(0, FINGERPRINT_DIGITS);
}

/** A principal that the application created is identified by the id of its key only. */
function isFingerprintOf(key: ApiKey, kid: unknown): boolean {
  return kid === undefined || kid === fingerprintOf(key);
}

function rightsOf({ roles, scopes, expiresAt }: Principal): unknown[] {
  return [roles, scopes, expiresAt];
}
