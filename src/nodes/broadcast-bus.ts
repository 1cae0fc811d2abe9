import { Injectable } from '@nestjs/common';

/** Whom a push is for: everybody, a user or a room. @publicApi */
export type Audience =
  | { readonly to: 'everyone' }
  | { readonly to: 'user'; readonly id: string; readonly issuer?: string | null }
  | { readonly to: 'room'; readonly room: string };

/** A push on its way to every node. @publicApi */
export interface Broadcast {
  readonly audience: Audience;
  readonly event: string;
  /** The data, as JSON. */
  readonly json: string;
}

/**
 * Carries pushes to the nodes that have receivers of them. An interface of its own so that rooms and users can span
 * nodes.
 *
 * @publicApi
 */
export abstract class BroadcastBus {
  /** Brings it to every node, this one included, in the order of publishing. */
  abstract publish(broadcast: Broadcast): void | Promise<void>;

  /** Hands over what was published anywhere; called once. */
  abstract subscribe(deliver: (broadcast: Broadcast) => void): void;
}

/** This node alone, without a detour. @publicApi */
@Injectable()
export class LocalBroadcastBus extends BroadcastBus {
  private deliver: (broadcast: Broadcast) => void = () => undefined;

  publish(broadcast: Broadcast): void {
    this.deliver(broadcast);
  }

  subscribe(deliver: (broadcast: Broadcast) => void): void {
    this.deliver = deliver;
  }
}
