const MAX_REASON_BYTES = 123;

/** Shortens a reason to fit a close frame (RFC 6455 §5.5.1), without splitting a character. */
export function closeReasonOf(text: string): string {
  let bytes = 0;
  let kept = '';
  for (const character of text) {
    bytes += Buffer.byteLength(character);
    if (bytes > MAX_REASON_BYTES) break;
    kept += character;
  }
  return kept;
}
