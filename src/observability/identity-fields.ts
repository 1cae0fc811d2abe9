import { createHash } from 'node:crypto';
import type { Connection } from '../connection/connection.js';
import type { ConnectionAuth } from '../connection/connection-auth.js';
import type { Principal } from '../connection/principal.js';
import type { SecurityEventFields } from './security-event-fields.js';

type UserFields = Partial<
  Pick<SecurityEventFields, 'user.id' | 'user.issuer' | 'session' | 'auth.source' | 'auth.kind'>
>;
type ConnectionFields = UserFields & Pick<SecurityEventFields, 'connection' | 'client.address' | 'url.path'>;

const SESSION_DIGITS = 12;

/** Who, as events show it; nothing for an anonymous principal. */
export function userFields({ id, issuer, sessionId }: Principal): UserFields {
  return {
    ...(id !== null && { 'user.id': id }),
    ...(issuer !== null && { 'user.issuer': issuer }),
    ...(sessionId !== null && { session: shownSession(sessionId) }),
  };
}

/** By what, as events show it. */
export function authFields(auth: ConnectionAuth | null | undefined): UserFields {
  return auth ? { 'auth.source': auth.source, 'auth.kind': auth.kind } : {};
}

/** A connection, and whose it is. */
export function connectionFields({ id, principal, auth, address, path }: Connection): ConnectionFields {
  return {
    connection: id,
    ...userFields(principal),
    ...authFields(auth),
    'client.address': address,
    'url.path': path,
  };
}

/** Who knows a session id may be able to use it, so events have a part of its hash. */
export function shownSession(sessionId: string): string {
  return createHash('sha256').update(sessionId).digest('hex').slice(0, SESSION_DIGITS);
}
