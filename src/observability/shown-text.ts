const MAX_LENGTH = 128;
const MAX_ENTRIES = 16;
// Control and format characters, and line and paragraph separators: they break, reorder or hide text.
const UNSHOWN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

/** A text from outside as events show it: at most 128 characters, without control characters. */
export function shownText(text: string): string {
  return text.slice(0, MAX_LENGTH).replace(UNSHOWN, '');
}

/** A list of settings as events show it: the first 16 entries, and the number of the others. */
export function shownList(entries: readonly string[]): string {
  const others = entries.length - MAX_ENTRIES;
  const shown = entries.slice(0, MAX_ENTRIES).join(', ');
  return others > 0 ? `${shown} and ${others} more` : shown;
}
