const MAX_DETAIL_LENGTH = 200;
// Control characters, line and paragraph separators, and characters that reorder or hide text (UAX #9, Unicode TR36).
const UNSAFE = /[\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g;

/** Formats an event as one line of JSON. Values from outside cannot break or reorder the line. */
export function logLine(details: Readonly<Record<string, unknown>>): string {
  const text = JSON.stringify(details, (_name, value: unknown) =>
    typeof value === 'string' ? value.slice(0, MAX_DETAIL_LENGTH) : value,
  );
  return text.replace(UNSAFE, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
