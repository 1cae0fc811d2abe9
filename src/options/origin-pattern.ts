/** The requirement for entries of the origin allowlist. */
export const ORIGIN_PATTERN_HINT =
  'each entry must be an origin such as https://app.example.com, or https://*.example.com for its sub-domains';

// No label of a name is empty (RFC 1034 §3.1), although URL parsers accept `https://.example.com`.
const ORIGIN = /^https?:\/\/(?:(?:[a-z0-9_-]+\.)*[a-z0-9_-]+|\[[0-9a-f:.]+\])(?::\d{1,5})?$/;
const WILDCARD = /^(https?:\/\/)\*\.(.+)$/;

/**
 * Whether a value is the ASCII serialization of an origin (RFC 6454 §6.2), without anything that a URL parser would
 * repair.
 */
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

/** Whether a value is an exact origin, or has `*.` before a name of at least two labels. */
export function isOriginPattern(value: string): boolean {
  if (value === '*') return true;
  const wildcard = WILDCARD.exec(value);
  if (!wildcard) return isSerializedOrigin(value);
  const [, scheme = '', rest = ''] = wildcard;
  return rest.replace(/:\d+$/, '').includes('.') && isSerializedOrigin(scheme + rest);
}
