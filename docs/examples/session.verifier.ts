import { Injectable } from '@nestjs/common';
import { ANONYMOUS, InvalidCredentialError, type Principal, TokenVerifier } from 'nestjs-ws-security';

export interface Session {
  userId: string;
  roles: string[];
  /** Epoch milliseconds. */
  startedAt: number;
  endsAt: number;
}

export abstract class Sessions {
  abstract find(id: string): Promise<Session | undefined>;
}

/** Accepts the session ids of an existing application instead of JWTs. */
@Injectable()
export class SessionVerifier extends TokenVerifier {
  constructor(private readonly sessions: Sessions) {
    super();
  }

  override async verify(token: string): Promise<Principal> {
    const session = await this.sessions.find(token);
    if (!session) throw new InvalidCredentialError('no such session');
    if (session.endsAt <= Date.now())
      throw new InvalidCredentialError('the session has ended', { check: 'expired' });
    return {
      ...ANONYMOUS,
      id: session.userId,
      issuer: 'sessions',
      kind: 'token',
      roles: session.roles,
      // Revocation needs the time at which a credential was issued.
      claims: { iat: session.startedAt / 1000 },
      expiresAt: session.endsAt,
      sessionId: token,
    };
  }
}
