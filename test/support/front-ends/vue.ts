/** The part of Vue that the recipe uses, without a page. */
export interface ShallowRef<T> {
  value: T;
}

let disposals: (() => void)[] | undefined;

export const shallowRef = <T>(value: T): ShallowRef<T> => ({ value });

export function onScopeDispose(dispose: () => void): void {
  if (!disposals) throw new Error('onScopeDispose() was called outside of a scope');
  disposals.push(dispose);
}

/** Runs the setup of a component. @returns what it returned, and how to unmount it */
export function mount<T>(setup: () => T): { result: T; unmount: () => void } {
  const own: (() => void)[] = [];
  disposals = own;
  const result = setup();
  disposals = undefined;
  return { result, unmount: () => own.splice(0).forEach((dispose) => dispose()) };
}
