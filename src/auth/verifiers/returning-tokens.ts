/** A power of two: the low bits of a mark are its place. */
const PLACES = 16_384;
const MARKED_CHARACTERS = 8;

/**
 * Recognizes tokens that have been accepted before, by 32 bits of the end of their signatures: a hint that a search in
 * a cache is worth its cost, and no decision. It may be wrong either way. Takes 64 KiB.
 */
export class ReturningTokens {
  private readonly marks = new Int32Array(PLACES);

  /** Whether the token has probably been accepted before. */
  has(token: string): boolean {
    const mark = markOf(token);
    return this.marks[mark & (PLACES - 1)] === mark;
  }

  /** An accepted token. One that is not must not displace others. */
  add(token: string): void {
    const mark = markOf(token);
    this.marks[mark & (PLACES - 1)] = mark;
  }
}

function markOf(token: string): number {
  let mark = 0;
  for (let at = Math.max(0, token.length - MARKED_CHARACTERS); at < token.length; at++)
    mark = (Math.imul(mark, 65) + token.charCodeAt(at)) | 0;
  // 0 is an empty place.
  return mark === 0 ? 1 : mark;
}
