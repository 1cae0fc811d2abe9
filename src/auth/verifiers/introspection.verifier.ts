import { createHash } from 'node:crypto';
import type { PartHealth } from '../../connection/part-health.js';
import type { Principal } from '../../connection/principal.js';
import { InvalidCredentialError } from '../../errors/invalid-credential.error.js';
import { principalOf } from '../jwt-claims.js';
import type { PrincipalMapper } from '../principal-mapper.js';
import { TokenVerifier } from '../token-verifier.js';
import { type ActiveToken, ActiveTokens } from './active-tokens.js';
import { checkAudience, checkIssuer, type ExpectedClaims } from './expected-claims.js';
import { IntrospectionClient, type IntrospectionClientOptions } from './introspection-client.js';
import { checkUse } from './token-type.js';
import type { KeysWatcher } from './remote-keys.js';

const CACHE_MS = 5000;

export interface IntrospectionOptions extends IntrospectionClientOptions, ExpectedClaims {
  clockSkewMs: number;
  /** The memory limit for cached answers. */
  rememberedBytes?: number | undefined;
}

/**
 * Verifies opaque tokens, which only their authorization server can read (RFC 7662). Answers are cached under the
 * hash of the token, for a short time, so that a revoked token is refused soon.
 */
export class IntrospectionVerifier extends TokenVerifier {
  private readonly active: ActiveTokens;
  private readonly pending = new Map<string, Promise<ActiveToken>>();
  private readonly client: IntrospectionClient;

  private isAnswered = true;

  constructor(
    private readonly options: IntrospectionOptions,
    private readonly mapper: PrincipalMapper,
    private readonly watcher: Pick<KeysWatcher, 'works' | 'failed'>,
  ) {
    super();
    this.active = new ActiveTokens(options.rememberedBytes);
    this.client = new IntrospectionClient(options);
  }

  override async verify(token: string): Promise<Principal> {
    const hash = createHash('sha256').update(token).digest('base64');
    const known = this.active.find(hash, this.options.clock.monotonic());
    if (known) return this.principalOf(known);
    let pending = this.pending.get(hash);
    if (!pending) {
      pending = this.introspect(token).finally(() => this.pending.delete(hash));
      this.pending.set(hash, pending);
    }
    const answer = await pending;
    const principal = this.principalOf(answer);
    this.active.add(hash, answer);
    return principal;
  }

  /** That of the last answer, whether or not its token was valid. */
  override health(): PartHealth {
    return this.isAnswered ? 'ready' : 'unready';
  }

  private async introspect(token: string): Promise<ActiveToken> {
    const until = this.options.clock.monotonic() + CACHE_MS;
    try {
      const json = JSON.stringify(await this.client.ask(token));
      this.isAnswered = true;
      this.watcher.works();
      return { json, until };
    } catch (error) {
      this.isAnswered = false;
      this.watcher.failed(error instanceof InvalidCredentialError ? error.cause : error);
      throw error;
    }
  }

  /** Each connection gets its own copy of the claims. Times are checked on each use. */
  private principalOf({ json }: ActiveToken): Principal {
    const answer = JSON.parse(json) as Record<string, unknown>;
    if (answer['active'] !== true) throw new InvalidCredentialError('not active', { check: 'inactive' });
    checkUse(answer);
    checkIssuer(answer, this.options);
    checkAudience(answer, this.options);
    return principalOf(answer, this.mapper, this.options.clock.now(), this.options.clockSkewMs);
  }
}
