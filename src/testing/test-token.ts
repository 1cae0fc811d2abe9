import { type JWTPayload, SignJWT } from 'jose';

/** The secret of an application that `startTestApp()` starts, unless it is given another. @publicApi */
export const TEST_SECRET = 'a secret of tests, long enough for each of HS256, HS384 and HS512';

/** How `mintToken()` signs. @publicApi */
export interface TestTokenOptions {
  /** Seconds from now, negative for a token that has expired; 3600 when left out. */
  expiresIn?: number;
  /** What signs it; `TEST_SECRET` when left out. */
  secret?: string | Uint8Array;
  /** `HS256` when left out. */
  algorithm?: 'HS256' | 'HS384' | 'HS512';
  /** `typ` of the header, such as `at+jwt`. */
  type?: string;
  /** Epoch milliseconds that count as now, for example those of a `ManualClock`. */
  now?: number;
}

/**
 * A token that an application of `startTestApp()` accepts, for `alice` unless the claims name another `sub`.
 *
 * @publicApi
 */
export function mintToken(claims: JWTPayload = {}, options: TestTokenOptions = {}): Promise<string> {
  const { expiresIn = 3600, secret = TEST_SECRET, algorithm = 'HS256', type, now = Date.now() } = options;
  const seconds = Math.floor(now / 1000);
  const key = typeof secret === 'string' ? new TextEncoder().encode(secret) : secret;
  return new SignJWT({ sub: 'alice', iat: seconds, exp: seconds + expiresIn, ...claims })
    .setProtectedHeader({ alg: algorithm, ...(type !== undefined && { typ: type }) })
    .sign(key);
}
