import type { Partition } from '../link/redis-port.js';
import { PlaceOutcome } from './place.script.js';

/**
 * Why Redis did not decide. `unanswered`: it could not be reached, so the call may have run, or may do so later. `unknown`: it
 * answered that it cannot know.
 */
export type PlaceFailure = 'not-run' | 'unanswered' | 'unknown';

/** Somebody who wants a place. */
export interface Taker {
  readonly limit: number;
  settle(isTaken: boolean): void;
  giveUp(failure: PlaceFailure): void;
}

/** Somebody who wants to know how many places are taken. */
export interface Counter {
  settle(count: number): void;
  giveUp(): void;
}

/** What one scope says in a call. */
export interface PlaceRequest {
  /** Left out when nothing changes. */
  readonly serial: number | undefined;
  /** All places of this node, those that are asked for included. */
  readonly count: number;
  readonly limit: number | undefined;
  readonly takers: readonly Taker[];
  /** Whether Redis has to be told, whether there are takers or not. */
  readonly mustTell: boolean;
}

/** The places of one scope on this node, and who waits for one. */
export class ScopePlaces {
  held = 0;
  /** Whether Redis has to be told what is held here. */
  mustTell = false;
  /** Monotonic milliseconds when Redis was told last. */
  toldAt = -Infinity;
  /** The cap, as it was asked about last. */
  limit = Infinity;
  isOver = false;
  isUnderWay = false;
  takers: Taker[] = [];
  counters: Counter[] = [];
  /** The count that Redis knows; nothing when that is not sure. */
  told: number | undefined = 0;

  constructor(
    readonly scope: string,
    readonly key: string,
    readonly partition: Partition,
  ) {}

  /** What to say in the next call. @param serial a new one @param mayTake whether takers are served now */
  request(serial: number, mayTake: boolean): PlaceRequest {
    const takers = mayTake ? this.front() : [];
    const limit = takers[0]?.limit;
    this.takers = this.takers.slice(takers.length);
    const { mustTell } = this;
    // What changes while the call is under way has to be told once more.
    this.mustTell = false;
    this.isUnderWay = true;
    const needed = takers.length > 0 || mustTell ? serial : undefined;
    return { serial: needed, count: this.held + takers.length, limit, takers, mustTell };
  }

  /** Those who find no place here even if no other node has one are refused without a call. */
  refuseHopeless(): void {
    const { takers } = this;
    this.takers = [];
    for (const taker of takers) {
      if (this.held >= taker.limit) taker.settle(false);
      else this.takers.push(taker);
    }
  }

  /**
   * A call was answered.
   *
   * @param others places of other nodes
   * @returns whether Redis knows the count now
   */
  onAnswer(request: PlaceRequest, outcome: number, others: number, sentAt: number): boolean {
    const { serial, count, takers } = request;
    this.isUnderWay = false;
    const isTold = outcome === PlaceOutcome.DONE && serial !== undefined;
    if (isTold) {
      this.held += takers.length;
      this.told = count;
      this.toldAt = sentAt;
      for (const taker of takers) taker.settle(true);
    } else if (serial !== undefined) {
      this.onUnchanged(request, outcome, others);
    }
    for (const counter of this.counters.splice(0)) counter.settle(others + this.held);
    return isTold;
  }

  onFailed(request: PlaceRequest, failure: PlaceFailure): void {
    this.isUnderWay = false;
    if (request.serial !== undefined && failure !== 'not-run') this.told = undefined;
    this.takeBack(request);
    for (const taker of [...request.takers, ...this.takers.splice(0)]) taker.giveUp(failure);
    for (const counter of this.counters.splice(0)) counter.giveUp();
  }

  /** Whether Redis has, or may have, places of this node, or is just being asked for the first. */
  get mayBeKnown(): boolean {
    return this.isUnderWay || this.held > 0 || this.told !== 0 || this.mustTell;
  }

  /** Nothing here is worth remembering. */
  get isEmpty(): boolean {
    return this.takers.length === 0 && this.counters.length === 0 && !this.mayBeKnown;
  }

  /** As many of the first takers as may find a place, all with the same limit. */
  private front(): Taker[] {
    const [first] = this.takers;
    if (!first) return [];
    const end = this.takers.findIndex(({ limit }) => limit !== first.limit);
    const alike = end < 0 ? this.takers.length : end;
    return this.takers.slice(0, Math.max(0, Math.min(alike, first.limit - this.held)));
  }

  private onUnchanged(request: PlaceRequest, outcome: number, others: number): void {
    const { limit, takers } = request;
    if (outcome === PlaceOutcome.IGNORED) this.told = undefined;
    this.takeBack(request);
    if (outcome === PlaceOutcome.UNKNOWN) for (const taker of takers) taker.giveUp('unknown');
    else if (outcome === PlaceOutcome.IGNORED) this.takers.unshift(...takers);
    else this.refuse(takers, limit as number, others);
  }

  /** What a call had to tell, and what has changed since, is still to be told. */
  private takeBack({ mustTell }: PlaceRequest): void {
    if (mustTell || this.told !== this.held) this.mustTell = true;
  }

  /** Lets as many takers ask again as there is room for, and refuses all others. */
  private refuse(takers: readonly Taker[], limit: number, others: number): void {
    let room = limit - others - this.held;
    const all = [...takers, ...this.takers];
    this.takers = [];
    for (const taker of all) {
      if (taker.limit > limit || room-- > 0) this.takers.push(taker);
      else taker.settle(false);
    }
  }
}
