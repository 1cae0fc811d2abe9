const MAX_REASON_BYTES = 123;

/** As much of a reason as a close frame takes (RFC 6455 §5.5.1), without a character that was cut in half. */
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
