import { Injectable } from '@nestjs/common';
import type { MaybePromise } from '../time/maybe-promise.js';

/** The recipients of a push: all connections, a user or a room. @publicApi */
export type Audience =
  | { readonly to: 'everyone' }
  | { readonly to: 'user'; readonly id: string; readonly issuer?: string | null }
  | { readonly to: 'room'; readonly room: string };

/** A push that is sent to every node. @publicApi */
export interface Broadcast {
  readonly audience: Audience;
  readonly event: string;
  /** The data as JSON. */
  readonly json: string;
}

/**
 * A position in the order of all broadcasts. Its format is private to the bus, but a later position is a greater
 * string. A bus without positions uses `''`.
 *
 * @publicApi
 */
export type Position = string;

/**
 * Carries pushes to all nodes, so that rooms and users can span nodes. Every node receives every broadcast in the
 * same order.
 *
 * With positions, a session can move to another node without missing a push. Without them, a client that reconnects
 * to another node recovers nothing.
 *
 * @publicApi
 */
export abstract class BroadcastBus {
  /**
   * Sends a broadcast to every node, including this one, in the order of publishing.
   *
   * @returns a promise or nothing, once the broadcast is stored; errors are passed on to the sender
   * @throws OverloadedException if too many broadcasts are waiting
   */
  abstract publish(broadcast: Broadcast): MaybePromise<void>;

  /**
   * Receives the broadcasts of all nodes. Called once, while the application starts. If it throws, the start fails.
   *
   * @param deliver receives each broadcast, with its position if the bus has positions
   * @param gap called when this node has missed broadcasts; its sessions then cannot be resumed
   */
  abstract subscribe(
    deliver: (broadcast: Broadcast, at?: Position) => void,
    gap: () => void,
  ): MaybePromise<void>;

  /** The position of the last broadcast delivered on this node. A bus with positions never returns `''`. */
  get position(): Position {
    return '';
  }

  /**
   * Returns the broadcasts after one position, up to and including another.
   *
   * @returns undefined if some of them are missing or no longer known
   */
  between(after: Position, to: Position): MaybePromise<Iterable<Broadcast> | undefined> {
    return after === to ? [] : undefined;
  }
}

/** Carries pushes within this process only. @publicApi */
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
