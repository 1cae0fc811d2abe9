const MAX_USERS = 10_000;

/**
 * The latest moment of issue of each user among accepted credentials that were issued ahead of this clock, until it has
 * caught up: until then a revocation has to reach further than now. Beyond 10,000 users the oldest are given up, and
 * what they had counts for everybody.
 */
export class IssuedAhead {
  private readonly moments = new Map<string, number>();
  /** The latest moment of those that were given up. */
  private givenUp = -Infinity;

  /** How many users are remembered. */
  get size(): number {
    return this.moments.size;
  }

  /**
   * A credential of a user is accepted.
   *
   * @param issuedAt epoch milliseconds
   * @param now epoch milliseconds
   */
  add(user: string, issuedAt: number, now: number): void {
    const latest = Math.max(issuedAt, this.moments.get(user) ?? issuedAt);
    this.moments.delete(user);
    this.moments.set(user, latest);
    this.forget(now);
  }

  /** The moment at which, or before which, everything accepted so far was issued. @param now epoch milliseconds */
  latest(user: string, now: number): number {
    return Math.max(now, this.givenUp, this.moments.get(user) ?? now);
  }

  /** Those who came first go first, so the first that is still ahead ends the search. */
  private forget(now: number): void {
    for (const [user, moment] of this.moments) {
      if (moment > now) {
        if (this.moments.size <= MAX_USERS) break;
        this.givenUp = Math.max(moment, this.givenUp);
      }
      this.moments.delete(user);
    }
  }
}
