import { BACKSLASH, COLON, COMMA, OPEN_LIST, OPEN_OBJECT, QUOTE, SPACE } from './json-codes.js';

/** From an opening bracket to its closing one. */
const TO_CLOSE = 2;

const ESCAPED = '"\\/bfnrt';
const FOUR_HEX_DIGITS = /^[\da-f]{4}$/i;
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:e[+-]?\d+)?/iy;
const LITERALS = ['true', 'false', 'null'] as const;

const NOWHERE = -1;

/** Whether `JSON.parse()` accepts a text (RFC 8259). For other texts it takes less time, because nothing throws. */
export function isJson(text: string): boolean {
  /** The code of each bracket that is open. */
  const open: number[] = [];
  let at = afterSpace(text, 0);
  for (;;) {
    const code = text.charCodeAt(at);
    const isOpening = code === OPEN_OBJECT || code === OPEN_LIST;
    at = isOpening ? afterSpace(text, at + 1) : endOfScalar(text, at);
    if (isOpening && text.charCodeAt(at) !== code + TO_CLOSE) {
      open.push(code);
      if (code === OPEN_OBJECT) at = endOfName(text, at);
    } else {
      if (isOpening) at += 1;
      at = afterValue(text, at, open);
      if (open.length === 0) return at === text.length;
    }
    if (at === NOWHERE) return false;
  }
}

/** Where the next value begins; the end of the text, or of what is JSON in it, if all brackets are closed. */
function afterValue(text: string, end: number, open: number[]): number {
  if (end === NOWHERE) return NOWHERE;
  let at = afterSpace(text, end);
  while (open.length > 0) {
    const outer = open.at(-1) as number;
    const code = text.charCodeAt(at);
    if (code !== COMMA && code !== outer + TO_CLOSE) return NOWHERE;
    at = afterSpace(text, at + 1);
    if (code === COMMA) return outer === OPEN_OBJECT ? endOfName(text, at) : at;
    open.pop();
  }
  return at;
}

/** Where the value of a member begins. */
function endOfName(text: string, start: number): number {
  const end = text.charCodeAt(start) === QUOTE ? endOfString(text, start) : NOWHERE;
  if (end === NOWHERE) return NOWHERE;
  const colon = afterSpace(text, end);
  return text.charCodeAt(colon) === COLON ? afterSpace(text, colon + 1) : NOWHERE;
}

function endOfScalar(text: string, start: number): number {
  if (text.charCodeAt(start) === QUOTE) return endOfString(text, start);
  for (const literal of LITERALS) if (text.startsWith(literal, start)) return start + literal.length;
  NUMBER.lastIndex = start;
  return NUMBER.test(text) ? NUMBER.lastIndex : NOWHERE;
}

function endOfString(text: string, start: number): number {
  let at = start + 1;
  for (;;) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) return at + 1;
    // Also at the end of the text, where the code is not a number.
    if (!(code >= SPACE)) return NOWHERE;
    at = code === BACKSLASH ? endOfEscape(text, at + 1) : at + 1;
    if (at === NOWHERE) return NOWHERE;
  }
}

function endOfEscape(text: string, at: number): number {
  const letter = text.charAt(at);
  if (letter === 'u') return FOUR_HEX_DIGITS.test(text.slice(at + 1, at + 5)) ? at + 5 : NOWHERE;
  return letter !== '' && ESCAPED.includes(letter) ? at + 1 : NOWHERE;
}

/** Only these four characters are space in JSON. */
function afterSpace(text: string, start: number): number {
  let at = start;
  for (;;) {
    const code = text.charCodeAt(at);
    if (code !== SPACE && code !== 0x0a && code !== 0x0d && code !== 0x09) return at;
    at += 1;
  }
}
