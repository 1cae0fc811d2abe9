import { sessionIdIn, tokenIdIn, userIdIn } from '../connection/revocation-keys.js';
import { shownSession } from '../observability/identity-fields.js';

/** Whom a revocation is about, as events name it. @param key of the revocation */
export function targetOfRevocation(key: string): string {
  const [session, token] = [sessionIdIn(key), tokenIdIn(key)];
  if (session !== undefined) return `session ${shownSession(session)}`;
  return token === undefined ? `user ${userIdIn(key) ?? ''}` : `token ${shownSession(token)}`;
}
