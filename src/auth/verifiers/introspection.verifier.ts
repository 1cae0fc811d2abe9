import { createHash } from 'node:crypto';
import type { Clock } from '../../connection/clock.js';
import type { Principal } from '../../connection/principal.js';
import { InvalidCredentialError } from '../../errors/invalid-credential.error.js';
import { principalOf } from '../jwt-claims.js';
import { TokenVerifier } from '../token-verifier.js';
import { requestJson } from './provider-http.js';

const CACHE_MS = 5000;
const CACHE_ENTRIES = 10_000;

export interface IntrospectionOptions {
  url: string;
  clientId: string;
  clientSecret: string;
  issuer?: string | undefined;
  audience?: string | undefined;
  clockSkewMs: number;
  timeoutMs: number;
}

/**
 * Opaque tokens, which only their authorization server can read (RFC 7662). Tokens are remembered by their hash and
 * for so short a time that a revoked one is not good for long.
 */
export class IntrospectionVerifier extends TokenVerifier {
  private readonly active = new Map<string, { principal: Principal; until: number }>();
  private readonly pending = new Map<string, Promise<Principal>>();
  private readonly authorization: string;

  constructor(
    private readonly options: IntrospectionOptions,
    private readonly clock: Clock,
  ) {
    super();
    // RFC 6749 §2.3.1: both are form-encoded before they are joined.
    const pair = `${formEncoded(options.clientId)}:${formEncoded(options.clientSecret)}`;
    this.authorization = `Basic ${Buffer.from(pair).toString('base64')}`;
  }

  override async verify(token: string): Promise<Principal> {
    const hash = createHash('sha256').update(token).digest('base64');
    const known = this.active.get(hash);
    if (known && this.isStillGood(known)) return known.principal;
    this.active.delete(hash);
    let pending = this.pending.get(hash);
    if (!pending) {
      pending = this.introspect(token, hash).finally(() => this.pending.delete(hash));
      this.pending.set(hash, pending);
    }
    return pending;
  }

  private async introspect(token: string, hash: string): Promise<Principal> {
    const askedAt = this.clock.monotonic();
    const answer = await requestJson(this.options.url, {
      timeoutMs: this.options.timeoutMs,
      method: 'POST',
      headers: {
        authorization: this.authorization,
        'content-type': 'application/x-www-form-urlencoded',
      },
      body: new URLSearchParams({ token, token_type_hint: 'access_token' }).toString(),
    });
    const principal = this.principalOf(answer);
    this.remember(hash, { principal, until: askedAt + CACHE_MS });
    return principal;
  }

  private principalOf(answer: Record<string, unknown>): Principal {
    const { issuer, audience, clockSkewMs } = this.options;
    if (answer['active'] !== true) throw new InvalidCredentialError('not active');
    if (issuer !== undefined && answer['iss'] !== issuer) throw new InvalidCredentialError('issuer');
    if (audience !== undefined && ![answer['aud']].flat().includes(audience))
      throw new InvalidCredentialError('audience');
    return principalOf(answer, this.clock.now(), clockSkewMs);
  }

  private remember(hash: string, entry: { principal: Principal; until: number }): void {
    if (this.active.size >= CACHE_ENTRIES) {
      const oldest = this.active.keys().next().value;
      if (oldest !== undefined) this.active.delete(oldest);
    }
    this.active.set(hash, entry);
  }

  private isStillGood({ principal, until }: { principal: Principal; until: number }): boolean {
    if (this.clock.monotonic() >= until) return false;
    return principal.expiresAt === null || this.clock.now() < principal.expiresAt;
  }
}

function formEncoded(text: string): string {
  return new URLSearchParams({ '': text }).toString().slice(1);
}
