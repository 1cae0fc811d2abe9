/** The part of Angular that the recipe uses, without a page. */
export interface OnDestroy {
  ngOnDestroy(): void;
}

export interface Signal<T> {
  (): T;
}

export interface WritableSignal<T> extends Signal<T> {
  set(value: T): void;
  asReadonly(): Signal<T>;
}

// oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- as Angular has it
export class InjectionToken<T> {
  declare readonly type: T;
  constructor(readonly description: string) {}
}

export const Injectable =
  (_options: { providedIn: 'root' }): ClassDecorator =>
  () =>
    undefined;

const provided = new Map<unknown, unknown>();

export function provide<T>(token: InjectionToken<T>, value: T): void {
  provided.set(token, value);
}

export function inject<T>(token: InjectionToken<T>): T {
  if (!provided.has(token)) throw new Error(`No provider for ${token.description}`);
  return provided.get(token) as T;
}

export function signal<T>(initial: T): WritableSignal<T> {
  let value = initial;
  const read = (): T => value;
  return Object.assign(read, { set: (next: T) => void (value = next), asReadonly: () => read });
}
