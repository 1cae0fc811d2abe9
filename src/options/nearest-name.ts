/** The known name that is most similar to a given one; undefined if there are no known names. */
export function nearestName(given: string, known: Iterable<string>): string | undefined {
  let nearest: string | undefined;
  let least = Infinity;
  for (const name of known) {
    const distance = distanceOf(given, name);
    if (distance < least) [nearest, least] = [name, distance];
  }
  return nearest;
}

/** `did you mean X?` if that is likely, otherwise the nearest name. */
export function suggestion(given: string, known: Iterable<string>): string {
  const name = nearestName(given, known);
  if (name === undefined) return 'there are no known names';
  return isLikely(given, name) ? `did you mean ${name}?` : `the nearest known name is ${name}`;
}

/** Whether one name is probably a misspelling of the other. */
export function isLikely(given: string, name: string): boolean {
  return distanceOf(given, name) < Math.max(3, given.length / 4);
}

/** A word that is missing or abbreviated (`WS_JWT_AUD`) counts less than as many wrong letters. */
function distanceOf(given: string, name: string): number {
  const edits = editsBetween(given.toLowerCase(), name.toLowerCase());
  const [mine, theirs] = [wordsOf(given), wordsOf(name)];
  if (!isShortened(mine, theirs) && !isShortened(theirs, mine)) return edits;
  return Math.min(edits, 1 + Math.abs(theirs.length - mine.length) + edits / 100);
}

function wordsOf(name: string): string[] {
  return name
    .replaceAll(/([a-z])([A-Z])/g, '$1_$2')
    .toLowerCase()
    .split('_')
    .filter((word) => word !== '');
}

/** Whether each word begins a word of the longer name, in the same order. */
function isShortened(words: readonly string[], whole: readonly string[]): boolean {
  let next = 0;
  return words.every((word) => {
    const found = whole.findIndex((other, index) => index >= next && other.startsWith(word));
    next = found + 1;
    return found >= 0;
  });
}

/** Letters to add, remove, replace or swap with a neighbour (optimal string alignment). */
function editsBetween(one: string, other: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (let i = 1; i <= one.length; i++) {
    const row = [i];
    for (let j = 1; j <= other.length; j++) {
      const isSame = one[i - 1] === other[j - 1];
      let edits = Math.min(at(last, j) + 1, at(row, j - 1) + 1, at(last, j - 1) + (isSame ? 0 : 1));
      const isSwapped = i > 1 && j > 1 && one[i - 1] === other[j - 2] && one[i - 2] === other[j - 1];
      if (isSwapped) edits = Math.min(edits, at(beforeLast, j - 2) + 1);
      row.push(edits);
    }
    [beforeLast, last] = [last, row];
  }
  return at(last, other.length);
}

function at(row: readonly number[], index: number): number {
  return row[index] as number;
}
