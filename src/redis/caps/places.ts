import type { Clock } from '../../time/clock.js';
import { CallBatches } from '../call-batches.js';
import type { Partition } from '../link/redis-port.js';
import { Assertions } from './assertions.js';
import type { PlaceCalls } from './place-calls.js';
import { PausedPartitions } from './paused-partitions.js';
import { type Counter, type PlaceRequest, ScopePlaces, type Taker } from './scope-places.js';

const SCOPES_PER_CALL = 200;
const GAP_MS = 2;
const CHECK_MS = 1000;
/** With the time between two checks less than the 30 seconds within which each count is said again. */
const SAID_AGAIN_MS = 25_000;

/**
 * The places of this node in all scopes. Redis is told the whole count of a scope each time, with a serial that only
 * grows, so a call that is lost, late or repeated does no harm: saying the count again heals everything.
 */
export class Places {
  private readonly scopes = new Map<string, ScopePlaces>();
  private readonly batches = new Map<Partition, CallBatches<ScopePlaces>>();
  private readonly paused = new PausedPartitions();
  private readonly assertions = new Assertions();
  private serial = 0;
  private readonly stopChecking: () => void;

  /** @param onOverCap receives a scope with more places than there may be */
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
    if (!this.paused.admit(places.partition)) return taker.giveUp('unknown');
    places.takers.push(taker);
    if (!this.paused.has(places.partition)) this.add(places);
  }

  /** Takes one without asking. @param limit how many there may be over all nodes */
  takeHere(places: ScopePlaces, limit: number): void {
    places.limit = limit;
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
    const scopes = [...this.scopes.values()].filter(
      (places) => places.partition === partition && places.mayBeKnown,
    );
    const asserted = this.assertions.of(scopes);
    for (const places of scopes) {
      places.mustTell = true;
      this.add(places);
    }
    return asserted;
  }

  /** Lets takers of a partition wait, until `resume`. Up to 512 do; for more the outcome is unknown. */
  pause(partition: Partition): void {
    this.paused.pause(partition);
  }

  resume(partition: Partition): void {
    if (!this.paused.resume(partition)) return;
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
          const isTold = places.onAnswer(requests[i] as PlaceRequest, outcome, others, sentAt);
          // What was asserted meanwhile was not part of this call.
          if (isTold && !places.mustTell) this.assertions.onTold(places);
          this.watchCap(places, others);
        });
        for (const places of scopes) this.settle(places);
        done();
      },
      (outcome) => {
        scopes.forEach((places, i) => {
          places.onFailed(requests[i] as PlaceRequest, outcome);
          this.forgetEmpty(places);
        });
        done();
      },
    );
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
