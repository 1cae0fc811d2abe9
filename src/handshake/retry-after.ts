/** A `Retry-After` header (RFC 9110 §10.2.3): whole seconds, at least one. */
export function retryAfter(ms: number): Record<string, string> {
  return { 'Retry-After': String(Math.max(1, Math.ceil(ms / 1000))) };
}

const SOON_MS = 5000;

/** For what may be over in a while that nobody knows: a full node, a store or a provider that does not answer. */
export function retrySoon(): Record<string, string> {
  return retryAfter(SOON_MS);
}
