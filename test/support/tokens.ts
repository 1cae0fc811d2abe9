import { SignJWT, type JWTPayload } from 'jose';

export const SECRET = 'a secret of the tests that is more than 32 bytes long';

interface TokenOptions {
  /** Seconds from now, negative for a token that has expired. */
  expiresIn?: number;
  /** Epoch seconds, instead of `expiresIn`. */
  expiresAt?: number;
  secret?: string;
  /** Epoch milliseconds that count as now. */
  now?: number;
  withoutIssuedAt?: boolean;
}

export function mintToken(claims: JWTPayload = {}, options: TokenOptions = {}): Promise<string> {
  const now = Math.floor((options.now ?? Date.now()) / 1000);
  const token = new SignJWT({ sub: 'alice', roles: ['user'], scope: 'chat:write', ...claims })
    .setProtectedHeader({ alg: 'HS256' })
    .setExpirationTime(options.expiresAt ?? now + (options.expiresIn ?? 3600));
  if (!options.withoutIssuedAt) token.setIssuedAt(now - 60);
  return token.sign(new TextEncoder().encode(options.secret ?? SECRET));
}
