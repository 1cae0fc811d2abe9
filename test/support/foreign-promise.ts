/** A promise that is none of the platform's, as libraries have them; nor are those it leads to. */
export class ForeignPromise<T> implements PromiseLike<T> {
  constructor(private readonly promise: Promise<T>) {}

  // oxlint-disable-next-line unicorn/no-thenable -- being one is all it is for
  then<A = T, B = never>(
    kept?: ((value: T) => A | PromiseLike<A>) | null,
    broken?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): PromiseLike<A | B> {
    return new ForeignPromise(this.promise.then(kept, broken));
  }
}
