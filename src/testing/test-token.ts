import { type JWTPayload, SignJWT } from 'jose';

/** The default secret of an application started by `startTestApp()`. @publicApi */
export const TEST_SECRET = 'a secret of tests, long enough for each of HS256, HS384 and HS512';

/** The options of `mintToken()`. @publicApi */
export interface TestTokenOptions {
  /** Seconds from now, negative for an expired token; default 3600. */
  expiresIn?: number;
  /** The signing secret; default `TEST_SECRET`. */
  secret?: string | Uint8Array;
  /** Default `HS256`. */
  algorithm?: 'HS256' | 'HS384' | 'HS512';
  /** `typ` of the header, such as `at+jwt`. */
  type?: string;
  /** The current time in epoch milliseconds, for example of a `ManualClock`. */
  now?: number;
}

/**
 * Creates a token that is valid in an application of `startTestApp()`, for `alice` unless the claims have a `sub`.
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
