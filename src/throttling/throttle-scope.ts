import { Injectable } from '@nestjs/common';

// The key that `@Throttle()` writes its limit under; the throttler package does not export it.
const THROTTLER_LIMIT = 'THROTTLER:LIMIT';

// oxlint-disable-next-line typescript/no-unsafe-function-type -- what Nest calls a handler and a class
type Callable = Function;

/** Tells which budget a message is counted on: the shared one, a gateway's or an event's own. */
@Injectable()
export class ThrottleScopeReader {
  private readonly names = new WeakMap<Callable, string>();
  private created = 0;

  scopeOf(gateway: Callable, handler: Callable, throttler: string): string {
    if (Reflect.hasMetadata(THROTTLER_LIMIT + throttler, handler)) {
      return `${this.nameOf(gateway)}.${this.nameOf(handler)}`;
    }
    return Reflect.hasMetadata(THROTTLER_LIMIT + throttler, gateway) ? this.nameOf(gateway) : '*';
  }

  /** Two gateways may have the same class name; their budgets are still their own. */
  private nameOf(callable: Callable): string {
    let name = this.names.get(callable);
    if (!name) this.names.set(callable, (name = `${callable.name}#${++this.created}`));
    return name;
  }
}
