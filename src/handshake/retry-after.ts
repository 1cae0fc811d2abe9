/** A `Retry-After` header (RFC 9110 §10.2.3): whole seconds, at least one. */
export function retryAfter(ms: number): Record<string, string> {
  return { 'Retry-After': String(Math.max(1, Math.ceil(ms / 1000))) };
}

const SOON_MS = 5000;

/**
 * A `Retry-After` of five seconds, for causes of unknown duration: a full node, or a store or provider that does not
 * answer.
 */
export function retrySoon(): Record<string, string> {
  return retryAfter(SOON_MS);
}
