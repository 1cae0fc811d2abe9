/** One `TYPE:value`; Node quotes a value, as JSON does, whenever it could be mistaken for more than one. */
const ENTRY = /([A-Za-z][A-Za-z0-9 ]*):("(?:[^"\\]|\\.)*"|[^"',\\]*)(?:, (?=.)|$)/y;

/**
 * The URIs among the subject alternative names as Node prints them, in order.
 *
 * @returns undefined when the text is not what Node writes, so that nobody guesses where a name ends
 */
export function urisOf(subjectAltName: string): string[] | undefined {
  const uris: string[] = [];
  ENTRY.lastIndex = 0;
  for (let end = 0; end < subjectAltName.length; end = ENTRY.lastIndex) {
    const [, type, value = ''] = ENTRY.exec(subjectAltName) ?? [];
    if (type === undefined) return undefined;
    if (type !== 'URI') continue;
    const uri = value.startsWith('"') ? unquoted(value) : value;
    if (uri === undefined) return undefined;
    uris.push(uri);
  }
  return uris;
}

function unquoted(value: string): string | undefined {
  try {
    return JSON.parse(value) as string;
  } catch {
    return undefined;
  }
}
