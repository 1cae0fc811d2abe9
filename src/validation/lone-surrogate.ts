const LONE_SURROGATE = /\p{Surrogate}/u;

/** Whether a JSON value has a string or name with a lone surrogate, which cannot be encoded (RFC 7493 §2.1). */
export function hasLoneSurrogate(value: unknown): boolean {
  if (typeof value === 'string') return LONE_SURROGATE.test(value);
  if (typeof value !== 'object' || value === null) return false;
  return Object.entries(value).some(([name, item]) => LONE_SURROGATE.test(name) || hasLoneSurrogate(item));
}
