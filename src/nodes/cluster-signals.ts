import { Injectable } from '@nestjs/common';

/** Closes the connections of a user. @publicApi */
export interface KickSignal {
  readonly type: 'kick';
  readonly id: string;
  /** By default, the user id of any issuer. */
  readonly issuer?: string | null;
  /** Sent to the client, truncated to 123 bytes. */
  readonly reason?: string;
}

/** Changes the rights of a user's connections. @publicApi */
export interface RightsSignal {
  readonly type: 'rights';
  readonly id: string;
  readonly issuer: string | null;
  readonly roles: readonly string[];
  readonly scopes: readonly string[];
}

/** A signal from one node to all nodes. It is plain data that can be sent as JSON. @publicApi */
export type ClusterSignal = KickSignal | RightsSignal;

/**
 * Applies a signal to the connections of this node that were accepted at or before a time (epoch milliseconds,
 * `Infinity` for all connections).
 *
 * @returns the number of connections it applied to
 * @publicApi
 */
export type ApplySignal = (signal: ClusterSignal, before: number) => number;

/**
 * Sends signals to the current connections of all nodes. Signals are not stored: they do not affect connections that
 * are accepted later.
 *
 * @publicApi
 */
export abstract class ClusterSignals {
  /**
   * Sends a signal to every node, this one included.
   *
   * @returns the number of connections it applied to, on all nodes that answered
   */
  abstract send(signal: ClusterSignal): Promise<number>;

  /** Sets the function that applies signals on this node. Called while the application starts. */
  abstract onSignal(apply: ApplySignal): void;
}

/** Sends signals within this process only. @publicApi */
@Injectable()
export class MemoryClusterSignals extends ClusterSignals {
  private readonly receivers: ApplySignal[] = [];

  // Sending and applying are one step here, and clocks can be set back, so no time is compared.
  async send(signal: ClusterSignal): Promise<number> {
    return this.receivers.reduce((reached, apply) => reached + apply(signal, Infinity), 0);
  }

  onSignal(apply: ApplySignal): void {
    this.receivers.push(apply);
  }
}
