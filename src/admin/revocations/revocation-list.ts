import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { RevocationStore, type StoredRevocation } from '../../auth/revocation-store.js';
import { issuerIn, sessionIdIn, tokenIdIn, userIdIn } from '../../connection/revocation-keys.js';
import { shownSession } from '../../observability/identity-fields.js';
import { supported } from '../acts/write.js';
import type { Revocation, RevocationPage, RevocationQuery } from '../contract/revocations.interface.js';
import { pageOf } from '../offset-cursor.js';

/** Entries whose ids are computed without a break. */
const AT_ONCE = 2000;

/** The revocations in force. */
@Injectable()
export class RevocationList {
  constructor(private readonly store: RevocationStore) {}

  /** @throws OperatorError */
  async page(
    { kind, user }: { [K in 'kind' | 'user']?: RevocationQuery[K] | undefined },
    limit: number,
    cursor: string | undefined,
  ): Promise<RevocationPage> {
    const wanted = (await this.all()).filter(
      ({ key }) =>
        (kind === undefined || kindOf(key) === kind) && (user === undefined || userIdIn(key) === user),
    );
    const { entries, ...page } = pageOf(wanted, limit, cursor);
    return { revocations: entries.map(revocationOf), ...page };
  }

  /** The key of an entry; undefined if there is none. @throws OperatorError */
  async keyOf(id: string): Promise<string | undefined> {
    const stored = await this.all();
    for (let start = 0; start < stored.length; start += AT_ONCE) {
      const found = stored.slice(start, start + AT_ONCE).find(({ key }) => idOf(key) === id);
      if (found) return found.key;
      await new Promise((resolve) => setImmediate(resolve));
    }
    return undefined;
  }

  /** Whether revocations can be lifted. */
  get canLift(): boolean {
    return this.store.lift !== RevocationStore.prototype.lift;
  }

  private all(): Promise<readonly StoredRevocation[]> {
    const isListed = this.store.list !== RevocationStore.prototype.list;
    return supported(isListed, () => this.store.list());
  }
}

function revocationOf({ key, before, forgetAt }: StoredRevocation): Revocation {
  const kind = kindOf(key);
  const secret = sessionIdIn(key) ?? tokenIdIn(key);
  return {
    id: idOf(key),
    kind,
    user: kind === 'user' ? (userIdIn(key) ?? null) : null,
    issuer: kind === 'user' ? (issuerIn(key) ?? null) : null,
    hash: secret === undefined ? null : shownSession(secret),
    before: Number.isFinite(before) ? Math.round(before) : null,
    until: Number.isFinite(forgetAt) ? Math.round(forgetAt) : null,
  };
}

/** Whom a key is about, as events name it. */
export function targetOf(key: string): { user?: string; issuer?: string; session?: string; token?: string } {
  const [session, token, user, issuer] = [sessionIdIn(key), tokenIdIn(key), userIdIn(key), issuerIn(key)];
  if (session !== undefined) return { session };
  if (token !== undefined) return { token };
  return { user: user ?? '', ...(issuer !== undefined && { issuer }) };
}

function kindOf(key: string): Revocation['kind'] {
  if (sessionIdIn(key) !== undefined) return 'session';
  return tokenIdIn(key) === undefined ? 'user' : 'token';
}

/** Reveals neither a session nor a token. */
function idOf(key: string): string {
  return createHash('sha256').update(key).digest('base64url');
}
