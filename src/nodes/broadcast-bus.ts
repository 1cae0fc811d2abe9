import { Injectable } from '@nestjs/common';
import type { MaybePromise } from '../time/maybe-promise.js';

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
 * A place in the order of all broadcasts. Only the bus knows its form; a later position is the greater string. A bus
 * without positions says `''`.
 *
 * @publicApi
 */
export type Position = string;

/**
 * Carries pushes to all nodes, so that rooms and users can span them. Every node gets every broadcast, in one order.
 *
 * A bus with positions lets a session move to another node without losing a push. Without them, a client that comes back
 * to another node is told that nothing was recovered.
 *
 * @publicApi
 */
export abstract class BroadcastBus {
  /**
   * Brings a broadcast to every node, this one included, in the order of publishing.
   *
   * @returns once it is stored; what it throws, now or later, is thrown to the sender
   * @throws OverloadedException when too many broadcasts wait
   */
  abstract publish(broadcast: Broadcast): MaybePromise<void>;

  /**
   * Hands over what was published anywhere. Called once, while the application starts; the start fails if it throws.
   *
   * @param deliver gets each broadcast, and its position from a bus that has positions
   * @param gap to be called when broadcasts are lost to this node: its sessions then recover nothing
   */
  abstract subscribe(
    deliver: (broadcast: Broadcast, at?: Position) => void,
    gap: () => void,
  ): MaybePromise<void>;

  /** The position of the broadcast that was handed over last on this node; from the start one that is not `''`. */
  get position(): Position {
    return '';
  }

  /**
   * What was published after one position, up to and including another.
   *
   * @returns undefined when some of it is lost, or no longer known
   */
  between(after: Position, to: Position): MaybePromise<Iterable<Broadcast> | undefined> {
    return after === to ? [] : undefined;
  }
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
