/** What an entry of the origin allowlist may be. */
export const ORIGIN_PATTERN_HINT =
  'each entry must be an origin such as https://app.example.com, or https://*.example.com for its sub-domains';

// No label of a name is empty (RFC 1034 §3.1), also where a URL parser lets it pass: `https://.example.com`.
const ORIGIN = /^https?:\/\/(?:(?:[a-z0-9_-]+\.)*[a-z0-9_-]+|\[[0-9a-f:.]+\])(?::\d{1,5})?$/;
const WILDCARD = /^(https?:\/\/)\*\.(.+)$/;

/** The ASCII serialisation of an origin (RFC 6454 §6.2) and nothing a URL parser would have to repair. */
export function isSerializedOrigin(value: string): boolean {
  if (!ORIGIN.test(value)) return false;
  let url: URL;
  try {
    url = new URL(value);
  } catch {
    return false;
  }
  return url.origin === value;
}

/** An exact origin, or `*.` before a name of at least two labels. */
export function isOriginPattern(value: string): boolean {
  if (value === '*') return true;
  const wildcard = WILDCARD.exec(value);
  if (!wildcard) return isSerializedOrigin(value);
  const [, scheme = '', rest = ''] = wildcard;
  return rest.replace(/:\d+$/, '').includes('.') && isSerializedOrigin(scheme + rest);
}
