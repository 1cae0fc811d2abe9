import { BACKSLASH, CLOSE_OBJECT, COLON, OPEN_OBJECT, QUOTE, SPACE } from './json-codes.js';

const MARK = '"';
/** `[` and `{`, and `]` and `}`, differ only in this bit. */
const CURLY = 0x20;

/**
 * Whether a JSON text has exactly as many members as its parsed value. JSON.parse() keeps only the last of several
 * members with the same name.
 *
 * @param text valid JSON
 */
export function hasOnlyMembers(text: string, count: number): boolean {
  return !hasMoreColons(text, count) || memberCount(text) === count;
}

/**
 * Whether the outermost object of a JSON text has exactly one member of this name, in any spelling.
 *
 * @param text valid JSON
 * @param name must not contain characters that JSON escapes
 */
export function hasOneMember(text: string, name: string): boolean {
  const literal = `"${name}"`;
  const first = text.indexOf(literal);
  // Without escapes there is only one spelling, and most frames contain it once.
  if (!text.includes('\\') && first === text.lastIndexOf(literal)) return first !== -1;
  return hasOneOutermost(text, literal);
}

function hasOneOutermost(text: string, literal: string): boolean {
  let found = 0;
  let depth = 0;
  for (let at = 0; at < text.length && found <= 1; at += 1) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) {
      const end = endOfString(text, at);
      if (depth === 1 && isSame(text.slice(at, end), literal) && isName(text, end)) found += 1;
      at = end - 1;
    } else if ((code | CURLY) === OPEN_OBJECT) depth += 1;
    else if ((code | CURLY) === CLOSE_OBJECT) depth -= 1;
  }
  return found === 1;
}

function isSame(spelling: string, literal: string): boolean {
  return spelling.includes('\\') ? JSON.stringify(JSON.parse(spelling)) === literal : spelling === literal;
}

/** An upper bound for the number of members: each has a colon, and strings may contain more. */
function hasMoreColons(text: string, count: number): boolean {
  let at = -1;
  for (let found = 0; found <= count; found += 1) {
    at = text.indexOf(':', at + 1);
    if (at === -1) return false;
  }
  return true;
}

/** Number of strings that are followed by a colon. */
function memberCount(text: string): number {
  let count = 0;
  for (let open = text.indexOf(MARK); open !== -1;) {
    const end = endOfString(text, open);
    if (isName(text, end)) count += 1;
    open = text.indexOf(MARK, end);
  }
  return count;
}

/** Whether the string that ends at `end` is the name of a member. */
function isName(text: string, end: number): boolean {
  let at = end;
  while (text.charCodeAt(at) <= SPACE) at += 1;
  return text.charCodeAt(at) === COLON;
}

/** Index after the string that starts at `open`. */
function endOfString(text: string, open: number): number {
  let close = text.indexOf(MARK, open + 1);
  while (isEscaped(text, close)) close = text.indexOf(MARK, close + 1);
  return close + 1;
}

function isEscaped(text: string, at: number): boolean {
  let start = at;
  while (text.charCodeAt(start - 1) === BACKSLASH) start -= 1;
  return (at - start) % 2 === 1;
}
