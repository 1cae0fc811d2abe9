import type { Clock } from '../../time/clock.js';
import { CallBatches } from '../call-batches.js';
import type { Partition } from '../link/redis-port.js';
import type { PlaceCalls } from './place-calls.js';
import { PlaceOutcome } from './place.script.js';
import { type Counter, type PlaceRequest, ScopePlaces, type Taker } from './scope-places.js';

const SCOPES_PER_CALL = 200;
const GAP_MS = 2;
const CHECK_MS = 1000;
/** With the time between two checks less than the 30 seconds within which each count is said again. */
const SAID_AGAIN_MS = 25_000;
/** So many takers wait while a partition is paused. */
const MOST_PAUSED = 512;

/**
 * The places of this node in all scopes. Redis is told the whole count of a scope each time, with a serial that only
 * grows, so a call that is lost, late or repeated does no harm: saying the count again heals everything.
 */
export class Places {
  private readonly scopes = new Map<string, ScopePlaces>();
  private readonly batches = new Map<Partition, CallBatches<ScopePlaces>>();
  /** Partitions whose takers wait, and how many do. */
  private readonly paused = new Map<Partition, number>();
  private readonly assertions = new Set<{ readonly left: Set<ScopePlaces>; readonly resolve: () => void }>();
  private serial = 0;
  private readonly stopChecking: () => void;

  /** @param onOverCap hears of a scope with more places than there may be */
  constructor(
    private readonly clock: Clock,
    private readonly calls: PlaceCalls,
    private readonly onOverCap: (scope: string, count: number, limit: number) => void = () => undefined,
  ) {
    this.stopChecking = clock.every(CHECK_MS, () => this.check());
  }

  /** Scopes that are remembered. */
  get size(): number {
    return this.scopes.size;
  }

  /** @param locate finds key and partition of a scope that is new here */
  of(scope: string, locate: (scope: string) => { key: string; partition: Partition }): ScopePlaces {
    let places = this.scopes.get(scope);
    if (!places) {
      const { key, partition } = locate(scope);
      this.scopes.set(scope, (places = new ScopePlaces(scope, key, partition)));
    }
    return places;
  }

  find(scope: string): ScopePlaces | undefined {
    return this.scopes.get(scope);
  }

  /** Lets somebody wait for a place. */
  take(places: ScopePlaces, taker: Taker): void {
    places.limit = taker.limit;
    const paused = this.paused.get(places.partition);
    if (paused !== undefined) {
      if (paused >= MOST_PAUSED) return taker.giveUp('unknown');
      this.paused.set(places.partition, paused + 1);
    }
    places.takers.push(taker);
    if (paused === undefined) this.add(places);
  }

  /** Takes one without asking. */
  takeHere(places: ScopePlaces): void {
    places.held += 1;
    places.mustTell = true;
  }

  release(scope: string): void {
    const places = this.scopes.get(scope);
    if (!places || places.held === 0) return;
    places.held -= 1;
    places.mustTell = true;
    this.add(places);
  }

  count(places: ScopePlaces, counter: Counter): void {
    places.counters.push(counter);
    this.add(places);
  }

  /**
   * Tells Redis all places of a partition again, after it has lost them or held this node for dead. Resolves when it
   * knows them.
   */
  assertAll(partition: Partition): Promise<void> {
    const left = new Set<ScopePlaces>();
    for (const places of this.scopes.values()) {
      if (places.partition !== partition || (places.held === 0 && places.told === 0)) continue;
      places.mustTell = true;
      left.add(places);
    }
    return new Promise((resolve) => {
      if (left.size === 0) return resolve();
      this.assertions.add({ left, resolve });
      for (const places of left) this.add(places);
    });
  }

  /** Lets takers of a partition wait, until `resume`. Up to 512 do; for more the outcome is unknown. */
  pause(partition: Partition): void {
    if (!this.paused.has(partition)) this.paused.set(partition, 0);
  }

  resume(partition: Partition): void {
    if (!this.paused.delete(partition)) return;
    for (const places of this.scopes.values())
      if (places.partition === partition && places.takers.length > 0) this.add(places);
  }

  /** Redis can be reached again: it is told what it does not know. */
  onUp(partition: Partition): void {
    for (const places of this.scopes.values())
      if (places.partition === partition && places.mustTell) this.add(places);
  }

  stop(): void {
    this.stopChecking();
    for (const batches of this.batches.values()) batches.stop();
  }

  private add(places: ScopePlaces): void {
    const { partition } = places;
    let batches = this.batches.get(partition);
    if (!batches) {
      batches = new CallBatches<ScopePlaces>(this.clock, {
        size: SCOPES_PER_CALL,
        gapMs: GAP_MS,
        needsCall: (one) => this.needsCall(one),
        send: (scopes, done) => this.send(partition, scopes, done),
      });
      this.batches.set(partition, batches);
    }
    batches.add(places);
  }

  private needsCall(places: ScopePlaces): boolean {
    const mayTake = !this.paused.has(places.partition);
    if (mayTake) places.refuseHopeless();
    return places.mustTell || places.counters.length > 0 || (mayTake && places.takers.length > 0);
  }

  private send(partition: Partition, scopes: readonly ScopePlaces[], done: () => void): void {
    const mayTake = !this.paused.has(partition);
    const requests = scopes.map((places) => places.request(++this.serial, mayTake));
    const sentAt = this.clock.monotonic();
    this.calls.send(
      partition,
      scopes,
      requests,
      (reply) => {
        scopes.forEach((places, i) => {
          const [outcome, others] = [reply[2 * i] as number, reply[2 * i + 1] as number];
          this.answer(places, requests[i] as PlaceRequest, outcome, others, sentAt);
        });
        for (const places of scopes) this.settle(places);
        done();
      },
      (outcome) => {
        scopes.forEach((places, i) => this.fail(places, requests[i] as PlaceRequest, outcome));
        done();
      },
    );
  }

  private answer(
    places: ScopePlaces,
    request: PlaceRequest,
    outcome: number,
    others: number,
    sentAt: number,
  ): void {
    const { serial, count, limit, takers } = request;
    places.isUnderWay = false;
    if (outcome === PlaceOutcome.DONE) {
      places.held += takers.length;
      for (const taker of takers) taker.settle(true);
      if (serial !== undefined) this.told(places, count, sentAt);
    } else {
      if (outcome === PlaceOutcome.IGNORED) places.told = undefined;
      places.takeBack(request);
      if (outcome === PlaceOutcome.UNKNOWN) for (const taker of takers) taker.giveUp('unknown');
      else if (outcome === PlaceOutcome.IGNORED) places.takers.unshift(...takers);
      else this.refuse(places, takers, limit as number, others);
    }
    this.watchCap(places, others);
    const { counters } = places;
    places.counters = [];
    for (const counter of counters) counter.settle(others + places.held);
  }

  private told(places: ScopePlaces, count: number, sentAt: number): void {
    places.toldAt = sentAt;
    places.told = count;
    for (const assertion of this.assertions) {
      assertion.left.delete(places);
      if (assertion.left.size > 0) continue;
      this.assertions.delete(assertion);
      assertion.resolve();
    }
  }

  /** As many as there is room for ask again; the others came too late, those who came meanwhile as well. */
  private refuse(places: ScopePlaces, takers: readonly Taker[], limit: number, others: number): void {
    let room = limit - others - places.held;
    const all = [...takers, ...places.takers];
    places.takers = [];
    for (const taker of all) {
      if (taker.limit > limit || room-- > 0) places.takers.push(taker);
      else taker.settle(false);
    }
  }

  private fail(places: ScopePlaces, request: PlaceRequest, outcome: 'not-run' | 'unknown'): void {
    places.isUnderWay = false;
    if (request.serial !== undefined && outcome === 'unknown') places.told = undefined;
    places.takeBack(request);
    for (const taker of [...request.takers, ...places.takers.splice(0)]) taker.giveUp(outcome);
    for (const counter of places.counters.splice(0)) counter.giveUp();
    this.forgetEmpty(places);
  }

  /** After an answer: whatever is left to say or to ask goes into the next call. */
  private settle(places: ScopePlaces): void {
    if (this.needsCall(places)) this.add(places);
    else this.forgetEmpty(places);
  }

  private forgetEmpty(places: ScopePlaces): void {
    if (places.isEmpty) this.scopes.delete(places.scope);
  }

  private watchCap(places: ScopePlaces, others: number): void {
    const count = others + places.held;
    const isOver = count > places.limit;
    if (isOver && !places.isOver) this.onOverCap(places.scope, count, places.limit);
    places.isOver = isOver;
  }

  /** Says again what has not been said for a while, or was lost on the way. */
  private check(): void {
    const now = this.clock.monotonic();
    for (const places of this.scopes.values()) {
      if (places.held > 0 && places.toldAt + SAID_AGAIN_MS <= now) places.mustTell = true;
      if (places.mustTell) this.add(places);
      else this.forgetEmpty(places);
    }
  }
}
