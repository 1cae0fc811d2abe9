/** What all verifiers together remember of tokens at most. A text is counted as if each character took two bytes. */
export const REMEMBERED_BYTES = 16 * 1024 * 1024;

/** What an entry takes beside its text: its key, and its place in a map. */
const ENTRY_BYTES = 256;

export function bytesOf(text: string): number {
  return ENTRY_BYTES + 2 * text.length;
}
