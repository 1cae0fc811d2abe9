import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { ANONYMOUS, InvalidCredentialError, type Principal, TokenVerifier } from 'nestjs-ws-security';

/** What the login of the application puts into `request.session`. */
export interface StoredSession {
  cookie: { expires?: Date | string | null };
  user?: { id: string; roles: string[]; signedInAt: number };
}

/** The part of a session store, such as `connect-redis`, that is needed. */
export interface SessionStore {
  get(id: string, callback: (error: unknown, session?: StoredSession | null) => void): void;
}

export const SESSION_STORE = Symbol('SESSION_STORE');
/** The `secret` of `session()`: the current one first, then older ones. */
export const SESSION_SECRETS = Symbol('SESSION_SECRETS');

/** What `revokeSession()` needs when a user signs out. The id itself is a secret. */
export const sessionIdOf = (id: string): string => createHash('sha256').update(id).digest('base64url');

/** Accepts the cookie of `express-session`: `s:`, the id of the session, a dot, and its HMAC. */
@Injectable()
export class ExpressSessionVerifier extends TokenVerifier {
  constructor(
    @Inject(SESSION_STORE) private readonly store: SessionStore,
    @Inject(SESSION_SECRETS) private readonly secrets: readonly string[],
  ) {
    super();
  }

  override async verify(cookie: string): Promise<Principal> {
    const id = this.signedId(cookie);
    const session = await this.find(id);
    const expires = session?.cookie.expires ? new Date(session.cookie.expires).getTime() : null;
    if (!session?.user || (expires !== null && expires <= Date.now()))
      throw new InvalidCredentialError('no such session');
    const { id: user, roles, signedInAt } = session.user;
    return {
      ...ANONYMOUS,
      id: user,
      issuer: 'session',
      kind: 'token',
      roles,
      claims: { iat: signedInAt / 1000 },
      expiresAt: expires,
      sessionId: sessionIdOf(id),
    };
  }

  private signedId(cookie: string): string {
    const [, id, signature] = /^s:(.+)\.([A-Za-z0-9+/]{43})$/.exec(cookie) ?? [];
    if (id === undefined || signature === undefined) throw new InvalidCredentialError('no session cookie');
    const given = Buffer.from(signature, 'base64');
    const isSigned = this.secrets.some((secret) =>
      timingSafeEqual(given, createHmac('sha256', secret).update(id).digest()),
    );
    if (!isSigned) throw new InvalidCredentialError('wrong signature');
    return id;
  }

  private find(id: string): Promise<StoredSession | null | undefined> {
    return new Promise((resolve, reject) =>
      this.store.get(id, (error, session) => {
        if (error) reject(new Error('The session store failed', { cause: error }));
        else resolve(session);
      }),
    );
  }
}
