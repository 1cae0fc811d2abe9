/** Random numbers that are the same in each run, so that failures are reproducible (mulberry32). */
export class SeededRandom {
  constructor(private state: number) {}

  /** A whole number from `min` to `max`, both included. */
  int(min: number, max: number): number {
    return min + Math.floor(this.next() * (max - min + 1));
  }

  pick<T>(values: readonly [T, ...T[]]): T {
    return values[this.int(0, values.length - 1)] as T;
  }

  /** A list of 0 to `maxLength` values. */
  list<T>(maxLength: number, make: () => T): T[] {
    return Array.from({ length: this.int(0, maxLength) }, make);
  }

  /** At least 0, less than 1. */
  private next(): number {
    this.state = (this.state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }
}
