import type { JWTPayload } from 'jose';
import { mintToken as mint } from '../../src/testing/test-token.js';

export const SECRET = 'a secret of the tests that is more than 32 bytes long';

interface TokenOptions {
  /** Seconds from now, negative for a token that has expired. */
  expiresIn?: number;
  /** Epoch seconds. Overrides `expiresIn`. */
  expiresAt?: number;
  secret?: string;
  /** The current time in epoch milliseconds. */
  now?: number;
  withoutIssuedAt?: boolean;
}

/** Mints a token of a user with the scope `chat:write`, issued a minute ago. */
export function mintToken(claims: JWTPayload = {}, options: TokenOptions = {}): Promise<string> {
  const { expiresIn, expiresAt, secret = SECRET, now = Date.now(), withoutIssuedAt } = options;
  const own: Record<string, unknown> = { roles: ['user'], scope: 'chat:write', ...claims };
  own['iat'] = withoutIssuedAt ? claims.iat : Math.floor(now / 1000) - 60;
  if (expiresAt !== undefined) own['exp'] = expiresAt;
  return mint(own, { ...(expiresIn !== undefined && { expiresIn }), secret, now });
}
