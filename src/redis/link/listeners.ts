/** Listeners, called in the order in which they were added. */
export class Listeners<T extends readonly unknown[]> {
  private readonly list: ((...args: T) => void)[] = [];

  add(listener: (...args: T) => void): void {
    this.list.push(listener);
  }

  tell(...args: T): void {
    for (const listener of this.list) listener(...args);
  }
}
