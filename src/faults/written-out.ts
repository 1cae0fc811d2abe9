// Control characters, line and paragraph separators, and characters that reorder or hide text (UAX #9, Unicode TR36): tags,
// which spell a whole text that nobody sees, too.
const UNSAFE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\u2065]/gu;

/**
 * A text that can neither break nor reorder the line it is written to: unsafe characters are escapes, such as `\u000a`.
 *
 * @param max of characters, escapes included
 */
export function writtenOut(text: string, max: number): string {
  return text.slice(0, max).replace(UNSAFE, escaped).slice(0, max);
}

function escaped(character: string): string {
  return Array.from(
    { length: character.length },
    (_, i) => `\\u${character.charCodeAt(i).toString(16).padStart(4, '0')}`,
  ).join('');
}
