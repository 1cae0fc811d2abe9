/** The hooks of React that the recipe uses, for one component without a page. */
type Cleanup = () => void;
interface Cell {
  value?: unknown;
  deps?: readonly unknown[] | undefined;
  cleanup?: Cleanup | undefined;
}

/** The components that are being called, the innermost last. */
const calls: Root[] = [];

/** A mounted component. `render()` calls it again; effects run after it, as in React. */
export class Root {
  private readonly cells: Cell[] = [];
  private effects: Cleanup[] = [];
  private next = 0;
  private isMounted = true;
  renders = 0;

  constructor(private readonly component: () => void) {
    this.render();
  }

  render(): void {
    if (!this.isMounted) return;
    calls.push(this);
    this.next = 0;
    this.renders += 1;
    this.component();
    calls.pop();
    for (const effect of this.effects.splice(0)) effect();
  }

  unmount(): void {
    this.isMounted = false;
    for (const { cleanup } of this.cells.splice(0)) cleanup?.();
  }

  /** The cell of a hook, by the order of the calls. */
  cell(): Cell {
    return (this.cells[this.next++] ??= {});
  }

  later(effect: Cleanup): void {
    this.effects.push(effect);
  }
}

function root(): Root {
  const current = calls.at(-1);
  if (!current) throw new Error('a hook was called outside of a component');
  return current;
}

const isSame = (one: readonly unknown[] | undefined, other: readonly unknown[] | undefined): boolean =>
  one !== undefined && other !== undefined && one.every((value, index) => Object.is(value, other[index]));

export function useCallback<T>(callback: T, deps: readonly unknown[]): T {
  const cell = root().cell();
  if (!isSame(cell.deps, deps)) Object.assign(cell, { value: callback, deps });
  return cell.value as T;
}

export function useRef<T>(initial: T): { current: T } {
  const cell = root().cell();
  cell.value ??= { current: initial };
  return cell.value as { current: T };
}

export function useEffect(effect: () => void | Cleanup, deps?: readonly unknown[]): void {
  const at = root();
  const cell = at.cell();
  if (isSame(cell.deps, deps)) return;
  cell.deps = deps;
  at.later(() => {
    cell.cleanup?.();
    cell.cleanup = effect() ?? undefined;
  });
}

export function useSyncExternalStore<T>(
  subscribe: (changed: () => void) => Cleanup,
  snapshot: () => T,
  _serverSnapshot?: () => T,
): T {
  const at = root();
  const rendered = snapshot();
  useEffect(() => {
    const stop = subscribe(() => at.render());
    // It may have changed before the subscription.
    if (!Object.is(rendered, snapshot())) at.render();
    return stop;
  }, [subscribe]);
  return rendered;
}
