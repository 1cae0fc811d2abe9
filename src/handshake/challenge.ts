/** What a credential that is not good is answered with (RFC 6750 §3.1), whatever is wrong with it. */
export const INVALID_TOKEN: Readonly<Record<string, string>> = {
  'WWW-Authenticate': 'Bearer error="invalid_token"',
};
