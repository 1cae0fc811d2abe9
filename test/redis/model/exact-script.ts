/** The exact windows in Redis, and the script `exact` once more in TypeScript, which the Lua is held against. */
export class ExactScript {
  /** Microseconds. */
  private accepted: number[] = [];
  private expiresAt = 0;
  /** Milliseconds. */
  private blockedUntil = 0;
  private blockExpiresAt = 0;

  /** @param us the time, microseconds @returns milliseconds to wait, and whether a block runs */
  run(us: number, limit: number, ttl: number, block: number, cost: number): [wait: number, isBlock: number] {
    const now = Math.floor(us / 1000);
    if (this.blockExpiresAt > now && this.blockedUntil > now) {
      const longest = Math.max(ttl, block);
      if (this.blockedUntil > now + longest) this.block(now, longest);
      return [this.blockedUntil - now, 1];
    }
    if (this.expiresAt <= now) this.accepted = [];
    if ((this.accepted.at(-1) ?? 0) > us) {
      this.accepted = this.accepted.map(() => us);
      this.expiresAt = now + ttl;
    }
    const leaving = this.accepted.at(cost - limit - 1);
    if (leaving !== undefined && us < leaving + ttl * 1000) {
      const wait = Math.ceil((leaving + ttl * 1000 - us) / 1000);
      if (block > 0) this.block(now, Math.max(wait, block));
      return block > 0 ? [Math.max(wait, block), 1] : [wait, 0];
    }
    this.accepted = this.accepted.filter((at) => us < at + ttl * 1000);
    for (let i = 0; i < cost; i++) this.accepted.push(us);
    this.expiresAt = now + ttl;
    return [0, 0];
  }

  private block(now: number, ms: number): void {
    this.blockedUntil = now + ms;
    this.blockExpiresAt = this.blockedUntil;
  }
}
