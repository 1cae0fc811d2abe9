/** What one hop has said of the one before it (RFC 7239 §5), names in lower case; undefined when it cannot be read. */
export type ForwardedElement = ReadonlyMap<string, string> | undefined;

// A separator, a quoted string, or a run of anything else; at the end a quote that is never closed, with the rest.
const PIECE = /[,;]|"(?:[^"\\]|\\.)*"|"[^]*$|[^",;]+/g;
const CLOSED = /^(?:[^"]|"(?:[^"\\]|\\.)*")*$/;
// RFC 7239 §4: a token (RFC 9110 §5.6.2), and a value up to its end. Ports and brackets should be quoted, often are not.
const PAIR = /^[ \t]*([!#$%&'*+.^_`|~\w-]+)=(?:"((?:[^"\\]|\\.)*)"|([^\s"=]+))[ \t]*$/;
const BLANK = /^[ \t]*$/;

/** The elements of a `Forwarded` header, the client's end first. A line that a hop has added stands by itself. */
export function forwardedElements(lines: readonly string[]): ForwardedElement[] {
  return lines.flatMap((line) => (CLOSED.test(line) ? elementsOf(line) : salvaged(line)));
}

/** A client that leaves a quote open would hide what a proxy appends to it: that is what follows the last comma. */
function salvaged(line: string): ForwardedElement[] {
  return [undefined, ...elementsOf(line.slice(line.lastIndexOf(',') + 1))];
}

function elementsOf(line: string): ForwardedElement[] {
  return pairsOf(line)
    .filter((pairs) => pairs.some((pair) => !BLANK.test(pair)))
    .map(elementOf);
}

/** The pairs of each element; commas and semicolons within quotes separate nothing. */
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

/** A name that stands twice (§4) says nothing, and neither does anything beside it. */
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
