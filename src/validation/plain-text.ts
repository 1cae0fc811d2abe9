const MARKUP_START = /[a-zA-Z/!?]/;

/**
 * Removes markup as the HTML tokenizer (WHATWG HTML §13.2.5) would see it: tags, comments, and everything after an
 * unclosed one. Takes one pass, and the remaining text cannot form a new tag.
 */
export function plainText(text: string): string {
  if (!text.includes('<')) return text;
  const kept: string[] = [];
  let at = 0;
  while (at < text.length) {
    const char = text[at] as string;
    // The `<` may be next to this character only because markup between them was removed.
    if (kept.at(-1) === '<' && MARKUP_START.test(char)) {
      kept.pop();
      at = endOfMarkup(text, at);
    } else {
      kept.push(char);
      at += 1;
    }
  }
  return kept.join('');
}

/** Index after the markup whose first character after `<` is at `start`. */
function endOfMarkup(text: string, start: number): number {
  if (text.startsWith('!--', start)) return indexAfter(text, '-->', start + 1);
  let at = start;
  while (at < text.length && text[at] !== '>') at = text[at] === '=' ? endOfValue(text, at + 1) : at + 1;
  return at + 1;
}

/** Index after an attribute value. A quoted value may contain `>`. */
function endOfValue(text: string, start: number): number {
  let at = start;
  while (/\s/.test(text[at] ?? '')) at += 1;
  const quote = text[at];
  return quote === '"' || quote === "'" ? indexAfter(text, quote, at + 1) : at;
}

function indexAfter(text: string, end: string, from: number): number {
  const found = text.indexOf(end, from);
  return found === -1 ? text.length : found + end.length;
}
