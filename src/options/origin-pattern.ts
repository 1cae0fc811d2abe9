/** The requirement for entries of the origin allowlist. */
export const ORIGIN_PATTERN_HINT =
  'each entry must be an origin such as https://app.example.com, https://*.example.com for its sub-domains, or the exact origin of an application such as capacitor://localhost';

// No label of a name is empty (RFC 1034 §3.1), although URL parsers accept `https://.example.com`.
const ORIGIN = /^https?:\/\/(?:(?:[a-z0-9_-]+\.)*[a-z0-9_-]+|\[[0-9a-f:.]+\])(?::\d{1,5})?$/;
const WILDCARD = /^(https?:\/\/)\*\.(.+)$/;

/** The scheme and host of an application's own origin. Apps and extensions choose hosts that are no domain names. */
const OWN_SCHEME_ORIGIN = /^([a-z][a-z0-9+.-]*):\/\/[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?(?::\d{1,5})?$/;
/** Not the schemes of an application: pages of these have another origin, or `null`. */
const FOREIGN_SCHEMES = new Set('http https ws wss ftp file blob data about javascript'.split(' '));

/**
 * Whether a value is the ASCII serialization of an origin (RFC 6454 §6.2), without anything that a URL parser would
 * repair.
 */
export function isSerializedOrigin(value: string): boolean {
  if (!ORIGIN.test(value)) return isOwnSchemeOrigin(value);
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

/** Whether a value is the origin of an application with a scheme of its own, such as `tauri://localhost`. */
function isOwnSchemeOrigin(value: string): boolean {
  const scheme = OWN_SCHEME_ORIGIN.exec(value)?.[1];
  return scheme !== undefined && !FOREIGN_SCHEMES.has(scheme);
}
