const MAX_DETAIL_LENGTH = 200;
// Controls, line and paragraph separators, and what reorders or hides text (UAX #9, Unicode TR36).
const UNSAFE = /[\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g;

/** One event as one line of JSON: nothing from outside can break or reorder it. */
export function logLine(details: Readonly<Record<string, unknown>>): string {
  const text = JSON.stringify(details, (_name, value: unknown) =>
    typeof value === 'string' ? value.slice(0, MAX_DETAIL_LENGTH) : value,
  );
  return text.replace(UNSAFE, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
