import { Injectable } from '@nestjs/common';

// The key that `@Throttle()` writes its limit under; the throttler package does not export it.
const THROTTLER_LIMIT = 'THROTTLER:LIMIT';

// oxlint-disable-next-line typescript/no-unsafe-function-type -- what Nest calls a handler and a class
type Callable = Function;

/** Tells which budget a message is counted on: the shared one, a gateway's or an event's own. */
@Injectable()
export class ThrottleScopeReader {
  private readonly names = new WeakMap<Callable, Map<Callable, string>>();
  private readonly taken = new Map<string, number>();

  scopeOf(gateway: Callable, handler: Callable, throttler: string): string {
    if (Reflect.hasMetadata(THROTTLER_LIMIT + throttler, handler)) {
      return this.nameOf(handler, gateway);
    }
    return Reflect.hasMetadata(THROTTLER_LIMIT + throttler, gateway) ? this.nameOf(gateway, gateway) : '*';
  }

  /** Told by class and method alone where that is enough, so that all nodes of a shared storage say the same. */
  private nameOf(callable: Callable, gateway: Callable): string {
    let names = this.names.get(gateway);
    if (!names) this.names.set(gateway, (names = new Map()));
    let name = names.get(callable);
    if (name === undefined) {
      const owner = callable === gateway ? '' : `${this.nameOf(gateway, gateway)}.`;
      names.set(callable, (name = this.unique(owner + callable.name)));
    }
    return name;
  }

  /** Two gateways may have the same class name; their budgets are still their own. */
  private unique(name: string): string {
    const count = (this.taken.get(name) ?? 0) + 1;
    this.taken.set(name, count);
    return count === 1 ? name : `${name}#${count}`;
  }
}
