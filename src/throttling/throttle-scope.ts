import { Injectable } from '@nestjs/common';
import { type Callable, methodOf } from '../nest/handler-metadata.js';
import { GATEWAY_OPTIONS, PORT_METADATA } from '../nest/metadata-keys.js';
import { LIMIT } from './throttle-settings.js';
import type { ThrottledGateway } from './throttled-gateway.interface.js';

/**
 * Determines the budget of a message: the shared one, the gateway's or the event's own. All nodes of an application
 * use the same names, in whatever order they load their gateways.
 *
 * @publicApi
 */
@Injectable()
export class ThrottleScopeReader {
  private readonly places = new WeakMap<Callable, string>();
  private readonly taken = new Map<string, number>();

  /** For example `*`, `Chat@/ws` for all events of a gateway, or `Chat.say@/ws` for one of them. */
  scopeOf(gateway: Callable, handler: Callable, throttler: string): string {
    if (Reflect.hasMetadata(LIMIT + throttler, handler))
      return `${gateway.name}.${methodOf(gateway, handler)}${this.placeOf(gateway)}`;
    return Reflect.hasMetadata(LIMIT + throttler, gateway) ? gateway.name + this.placeOf(gateway) : '*';
  }

  /**
   * Names all gateways at the start. Gateways with the same class name and path get a number, in the order of their
   * ports and then of their events. The port is not part of the name, because processes on one machine need different
   * ports.
   *
   * @internal
   */
  introduce(gateways: readonly ThrottledGateway[]): void {
    const inOrder = gateways.toSorted(
      (one, other) =>
        portOf(one.gateway) - portOf(other.gateway) || (firstEventOf(one) < firstEventOf(other) ? -1 : 1),
    );
    for (const { gateway } of inOrder) this.placeOf(gateway);
  }

  private placeOf(gateway: Callable): string {
    let place = this.places.get(gateway);
    if (place === undefined) this.places.set(gateway, (place = this.newPlaceOf(gateway)));
    return place;
  }

  private newPlaceOf(gateway: Callable): string {
    const path = pathOf(gateway);
    const place = path === undefined ? '' : `@${path}`;
    const name = gateway.name + place;
    const count = (this.taken.get(name) ?? 0) + 1;
    this.taken.set(name, count);
    // A path contains no `#`.
    return count === 1 ? place : `${place}#${count}`;
  }
}

function pathOf(gateway: Callable): string | undefined {
  return (Reflect.getMetadata(GATEWAY_OPTIONS, gateway) as { path?: string } | undefined)?.path;
}

function portOf(gateway: Callable): number {
  return (Reflect.getMetadata(PORT_METADATA, gateway) as number | undefined) ?? 0;
}

/** Gateways on the same path have no event in common. */
function firstEventOf({ handlers }: ThrottledGateway): string {
  return handlers.map(({ event }) => String(event)).toSorted()[0] ?? '';
}
