/** One `TYPE:value`. Node quotes a value like JSON if it could be read as several. */
const ENTRY = /([A-Za-z][A-Za-z0-9 ]*):("(?:[^"\\]|\\.)*"|[^"',\\]*)(?:, (?=.)|$)/y;

/**
 * The URIs in a list of subject alternative names as Node formats it, in order.
 *
 * @returns undefined if the text does not have the format of Node
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
