import { Injectable } from '@nestjs/common';

/** Closes the connections of a user. @publicApi */
export interface KickSignal {
  readonly type: 'kick';
  readonly id: string;
  /** Left out, the id of any issuer. */
  readonly issuer?: string | null;
  /** For the client, at most 123 bytes. */
  readonly reason?: string;
}

/** Gives the connections of a user other rights. @publicApi */
export interface RightsSignal {
  readonly type: 'rights';
  readonly id: string;
  readonly issuer: string | null;
  readonly roles: readonly string[];
  readonly scopes: readonly string[];
}

/** What one node asks of all. It is plain data: JSON carries it whole. @publicApi */
export type ClusterSignal = KickSignal | RightsSignal;

/**
 * Applies a signal to the connections of this node that were accepted at or before a moment (epoch milliseconds,
 * `Infinity` for all that are there).
 *
 * @returns how many connections it reached
 * @publicApi
 */
export type ApplySignal = (signal: ClusterSignal, before: number) => number;

/**
 * Asks every node to do something with its connections now. Nothing is remembered: connections that are accepted later
 * are not concerned.
 *
 * @publicApi
 */
export abstract class ClusterSignals {
  /**
   * Sends a signal to every node, this one included.
   *
   * @returns how many connections it reached, on all nodes that answered
   */
  abstract send(signal: ClusterSignal): Promise<number>;

  /** Says what a signal does on this node; called while the application starts. */
  abstract onSignal(apply: ApplySignal): void;
}

/** This process alone. @publicApi */
@Injectable()
export class MemoryClusterSignals extends ClusterSignals {
  private readonly receivers: ApplySignal[] = [];

  // Nothing comes in between sending and applying, and clocks can be set back: no moment has to be compared.
  async send(signal: ClusterSignal): Promise<number> {
    return this.receivers.reduce((reached, apply) => reached + apply(signal, Infinity), 0);
  }

  onSignal(apply: ApplySignal): void {
    this.receivers.push(apply);
  }
}
