/** A thenable like the promises of some libraries: not an instance of Promise, and neither are its results. */
export class ForeignPromise<T> implements PromiseLike<T> {
  constructor(private readonly promise: Promise<T>) {}

  // oxlint-disable-next-line unicorn/no-thenable -- a thenable is the purpose
  then<A = T, B = never>(
    onFulfilled?: ((value: T) => A | PromiseLike<A>) | null,
    onRejected?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): PromiseLike<A | B> {
    return new ForeignPromise(this.promise.then(onFulfilled, onRejected));
  }
}
