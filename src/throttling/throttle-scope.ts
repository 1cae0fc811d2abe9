import { Injectable } from '@nestjs/common';
import { type Callable, methodOf } from '../nest/handler-metadata.js';
import { LIMIT } from './throttle-settings.js';

/** Tells which budget a message is counted on: the shared one, a gateway's or an event's own. */
@Injectable()
export class ThrottleScopeReader {
  private readonly names = new WeakMap<Callable, string>();
  private readonly taken = new Map<string, number>();

  scopeOf(gateway: Callable, handler: Callable, throttler: string): string {
    if (Reflect.hasMetadata(LIMIT + throttler, handler)) {
      return `${this.nameOf(gateway)}.${methodOf(gateway, handler)}`;
    }
    return Reflect.hasMetadata(LIMIT + throttler, gateway) ? this.nameOf(gateway) : '*';
  }

  /**
   * The class alone where that is enough, so that all nodes of a shared storage say the same. Two gateways may have the
   * same class name; their budgets are still their own, by the order they are named in.
   *
   * @internal
   */
  nameOf(gateway: Callable): string {
    let name = this.names.get(gateway);
    if (name === undefined) this.names.set(gateway, (name = this.unique(gateway.name)));
    return name;
  }

  private unique(name: string): string {
    const count = (this.taken.get(name) ?? 0) + 1;
    this.taken.set(name, count);
    return count === 1 ? name : `${name}#${count}`;
  }
}
