const FIRST_MS = 50;
const LONGEST_MS = 1000;

/** How long to wait before the next attempt: 50 ms, doubled up to a second, each time less by up to a half at random. */
export class Backoff {
  private next = FIRST_MS;

  /** @param elapsedMs how long the failed attempt took, which is part of the wait */
  delay(elapsedMs = 0): number {
    const whole = this.next;
    this.next = Math.min(2 * whole, LONGEST_MS);
    return Math.max(FIRST_MS, whole - elapsedMs) * (0.5 + Math.random() / 2);
  }

  reset(): void {
    this.next = FIRST_MS;
  }
}
