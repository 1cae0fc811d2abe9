import type { ConfigEntry } from '../contract/config.interface.js';

const MOST_ENTRIES = 100;
const MOST_LENGTH = 1024;
/** RFC 3986 §3.2.1. */
const USER_INFO = /^([a-z][a-z0-9+.-]*:\/\/)[^/?#]*@/i;

/** A setting as operators may see it: nothing of a secret, and URLs without credentials. */
export function shownValue(value: unknown, isSecret: boolean): ConfigEntry['value'] {
  if (value === undefined || value === null || (Array.isArray(value) && isSecret && value.length === 0))
    return null;
  if (isSecret) return 'set';
  if (typeof value === 'number' || typeof value === 'boolean') return value;
  if (Array.isArray(value)) return value.slice(0, MOST_ENTRIES).map(shownText);
  return shownText(value);
}

function shownText(value: unknown): string {
  // Settings are texts, numbers and flags. Anything else is not known to be harmless.
  if (typeof value !== 'string') return 'set';
  return value.slice(0, MOST_LENGTH).replace(USER_INFO, '$1***@');
}
