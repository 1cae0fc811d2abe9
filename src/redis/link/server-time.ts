/** As far as two answers may contradict each other before the server's clock has moved, in milliseconds. */
const STEP_MS = 500;

/** What is known of a master's clock, from its answers. */
export class ServerTime {
  private low = 0;
  private high: number | undefined;

  /**
   * What has to be added to the monotonic clock for a time that is never behind the server's; undefined before the
   * first answer.
   */
  get offset(): number | undefined {
    return this.high;
  }

  /** As {@link offset}, for a time that is never ahead of the server's. */
  get lowerOffset(): number | undefined {
    return this.high === undefined ? undefined : this.low;
  }

  /**
   * Takes the time of an answer.
   *
   * @param serverNow whole milliseconds, cut
   * @param sentAt when it was asked for, monotonic
   * @param receivedAt when it was answered, monotonic
   * @returns by how many milliseconds the server's clock moved, if this answer and the one before cannot both be right
   */
  observe(serverNow: number, sentAt: number, receivedAt: number): number | undefined {
    const { low: previousLow, high: previousHigh } = this;
    this.low = serverNow - receivedAt;
    // A millisecond, because the server's time was cut.
    this.high = serverNow + 1 - sentAt;
    if (previousHigh === undefined) return undefined;
    if (this.low - previousHigh >= STEP_MS) return this.low - previousHigh;
    if (previousLow - this.high >= STEP_MS) return this.high - previousLow;
    return undefined;
  }

  /** Nothing that was known holds any more. */
  forget(): void {
    this.high = undefined;
  }
}
