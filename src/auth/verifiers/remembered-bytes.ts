/** The memory limit for tokens cached by all verifiers together. Each character counts as two bytes. */
export const REMEMBERED_BYTES = 16 * 1024 * 1024;

/** The memory of an entry in addition to its text: its key and its place in a map. */
const ENTRY_BYTES = 256;

export function bytesOf(text: string): number {
  return ENTRY_BYTES + 2 * text.length;
}
