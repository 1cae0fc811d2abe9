const MAX_USERS = 10_000;

/**
 * Remembers users with accepted credentials whose issue time is in the future of this clock: a revocation has to
 * cover these credentials too. A user is forgotten once the clock has caught up. With more than 10,000 users, the
 * oldest are forgotten, and the latest of their times applies to all users.
 */
export class IssuedAhead {
  private readonly moments = new Map<string, number>();
  /** The latest issue time of the users that were forgotten early. */
  private evicted = -Infinity;

  /** The number of remembered users. */
  get size(): number {
    return this.moments.size;
  }

  /**
   * Notes the issue time of an accepted credential.
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

  /** The latest issue time of the credentials accepted so far, at least `now`. @param now epoch milliseconds */
  latest(user: string, now: number): number {
    return Math.max(now, this.evicted, this.moments.get(user) ?? now);
  }

  /** Entries are in the order of arrival, so the first one that is still ahead ends the search. */
  private forget(now: number): void {
    for (const [user, moment] of this.moments) {
      if (moment > now) {
        if (this.moments.size <= MAX_USERS) break;
        this.evicted = Math.max(moment, this.evicted);
      }
      this.moments.delete(user);
    }
  }
}
