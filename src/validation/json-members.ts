const QUOTE = '"';
const COLON = 0x3a;
const SPACE = 0x20;
const BACKSLASH = 0x5c;

/**
 * Whether a JSON text has exactly as many members as its value. JSON.parse() lets the last of two members with one
 * name win: the other is left only in the text.
 *
 * @param text valid JSON
 */
export function hasOnlyMembers(text: string, count: number): boolean {
  return !hasMoreColons(text, count) || memberCount(text) === count;
}

/** Each member has a colon, and strings may hold more. */
function hasMoreColons(text: string, count: number): boolean {
  let at = -1;
  for (let found = 0; found <= count; found += 1) {
    at = text.indexOf(':', at + 1);
    if (at === -1) return false;
  }
  return true;
}

/** Strings that a colon follows. */
function memberCount(text: string): number {
  let count = 0;
  for (let open = text.indexOf(QUOTE); open !== -1;) {
    let at = endOfString(text, open);
    while (text.charCodeAt(at) <= SPACE) at += 1;
    if (text.charCodeAt(at) === COLON) count += 1;
    open = text.indexOf(QUOTE, at);
  }
  return count;
}

/** Index behind the string that opens at `open`. */
function endOfString(text: string, open: number): number {
  let close = text.indexOf(QUOTE, open + 1);
  while (isEscaped(text, close)) close = text.indexOf(QUOTE, close + 1);
  return close + 1;
}

function isEscaped(text: string, at: number): boolean {
  let start = at;
  while (text.charCodeAt(start - 1) === BACKSLASH) start -= 1;
  return (at - start) % 2 === 1;
}
