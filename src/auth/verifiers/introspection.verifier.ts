import { createHash } from 'node:crypto';
import type { Principal } from '../../connection/principal.js';
import { InvalidCredentialError } from '../../errors/invalid-credential.error.js';
import { principalOf } from '../jwt-claims.js';
import type { PrincipalMapper } from '../principal-mapper.js';
import { TokenVerifier } from '../token-verifier.js';
import { IntrospectionClient, type IntrospectionClientOptions } from './introspection-client.js';

const CACHE_MS = 5000;
const CACHE_ENTRIES = 10_000;

export interface IntrospectionOptions extends IntrospectionClientOptions {
  audience?: string | undefined;
  clockSkewMs: number;
}

/**
 * Opaque tokens, which only their authorization server can read (RFC 7662). Tokens are remembered by their hash and
 * for so short a time that a revoked one is not good for long.
 */
export class IntrospectionVerifier extends TokenVerifier {
  private readonly active = new Map<string, { principal: Principal; until: number }>();
  private readonly pending = new Map<string, Promise<Principal>>();
  private readonly client: IntrospectionClient;

  constructor(
    private readonly options: IntrospectionOptions,
    private readonly mapper: PrincipalMapper,
  ) {
    super();
    this.client = new IntrospectionClient(options);
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
    const askedAt = this.options.clock.monotonic();
    const answer = await this.client.ask(token);
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
    return principalOf(answer, this.mapper, this.options.clock.now(), clockSkewMs);
  }

  private remember(hash: string, entry: { principal: Principal; until: number }): void {
    if (this.active.size >= CACHE_ENTRIES) {
      const oldest = this.active.keys().next().value;
      if (oldest !== undefined) this.active.delete(oldest);
    }
    this.active.set(hash, entry);
  }

  private isStillGood({ principal, until }: { principal: Principal; until: number }): boolean {
    if (this.options.clock.monotonic() >= until) return false;
    return principal.expiresAt === null || this.options.clock.now() < principal.expiresAt;
  }
}
