/**
 * The information from one hop about the previous one (RFC 7239 §5), with names in lower case; undefined if it is
 * invalid.
 */
export type ForwardedElement = ReadonlyMap<string, string> | undefined;

// A separator, a quoted string, or other text. At the end, an unclosed quote with the rest.
const PIECE = /[,;]|"(?:[^"\\]|\\.)*"|"[^]*$|[^",;]+/g;
const CLOSED = /^(?:[^"]|"(?:[^"\\]|\\.)*")*$/;
// RFC 7239 §4: a token (RFC 9110 §5.6.2) and a value. Ports and brackets must be quoted, but often are not.
const PAIR = /^[ \t]*([!#$%&'*+.^_`|~\w-]+)=(?:"((?:[^"\\]|\\.)*)"|([^\s"=]+))[ \t]*$/;
const BLANK = /^[ \t]*$/;

/** The elements of a `Forwarded` header, starting at the client. Each line is parsed separately. */
export function forwardedElements(lines: readonly string[]): ForwardedElement[] {
  return lines.flatMap((line) => (CLOSED.test(line) ? elementsOf(line) : salvaged(line)));
}

/**
 * Keeps only the part after the last comma of a line with an unclosed quote. Otherwise a client could hide the element
 * that a proxy appends.
 */
function salvaged(line: string): ForwardedElement[] {
  return [undefined, ...elementsOf(line.slice(line.lastIndexOf(',') + 1))];
}

function elementsOf(line: string): ForwardedElement[] {
  return pairsOf(line)
    .filter((pairs) => pairs.some((pair) => !BLANK.test(pair)))
    .map(elementOf);
}

/** The pairs of each element. Commas and semicolons in quotes are not separators. */
function pairsOf(line: string): string[][] {
  const elements = [['']];
  for (const [piece] of line.matchAll(PIECE)) {
    const pairs = elements.at(-1) as string[];
    if (piece === ',') elements.push(['']);
    else if (piece === ';') pairs.push('');
    else pairs.push(`${pairs.pop()}${piece}`);
  }
  return elements;
}

/** An element with a duplicate name (§4) or an invalid pair is invalid as a whole. */
function elementOf(pairs: readonly string[]): ForwardedElement {
  const element = new Map<string, string>();
  for (const pair of pairs) {
    if (BLANK.test(pair)) continue;
    const [, name = '', quoted, plain = ''] = PAIR.exec(pair) ?? [];
    const key = name.toLowerCase();
    if (key === '' || element.has(key)) return undefined;
    element.set(key, quoted?.replaceAll(/\\(.)/g, '$1') ?? plain);
  }
  return element;
}
