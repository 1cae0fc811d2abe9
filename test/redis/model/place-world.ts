import { type PlaceCalls, placeArguments } from '../../../src/redis/caps/place-calls.js';
import { Places } from '../../../src/redis/caps/places.js';
import type { Partition } from '../../../src/redis/link/redis-port.js';
import { PlaceScript } from './place-script.js';
import type { Random } from './random.js';
import { VirtualLink, type VirtualServer, type Weather } from './virtual-link.js';
import { VirtualProcess } from './virtual-process.js';
import type { VirtualTime } from './virtual-time.js';

const PARTITION: Partition = { tag: '{t}' };
export const NODE_TTL_MS = 10_000;

/** Redis with its nodes and places. */
export class PlaceServer implements VirtualServer {
  readonly process: VirtualProcess;
  readonly script = new PlaceScript();

  constructor(private readonly time: VirtualTime) {
    this.process = new VirtualProcess(time);
  }

  get now(): number {
    return Math.floor(this.time.now + 1_700_000_000_000);
  }

  /** Starts anew with nothing. */
  loseMemory(): void {
    this.script.nodes.clear();
    this.script.scopes.clear();
  }
}

/** A node with the places as they are in production, and a membership as short as it can be. */
export class PlaceNode {
  readonly process: VirtualProcess;
  readonly link: VirtualLink;
  readonly places: Places;
  private acknowledged: number | undefined;
  private view: readonly string[] = [];
  /** What every node of the view has to have beaten after, before takers go on. */
  private awaited:
    { readonly view: readonly string[]; readonly after: number; readonly until: number } | undefined;

  constructor(
    time: VirtualTime,
    private readonly server: PlaceServer,
    random: Random,
    weather: Weather,
    private readonly name: string,
  ) {
    this.process = new VirtualProcess(time, random.between(0, 1_000_000));
    this.link = new VirtualLink(this.process, server, random, weather);
    this.link.offset = server.now + 1 - this.process.monotonic();
    const { link } = this;
    const calls: PlaceCalls = {
      send(_, scopes, requests, onAnswer, onFailed) {
        const keys = scopes.map(({ key }) => key);
        const args = placeArguments(requests, NODE_TTL_MS);
        link.call((now) => server.script.run(now, name, keys, args), onAnswer, onFailed);
      },
    };
    this.places = new Places(this.process, calls);
    this.beat();
    this.process.every(1000, () => this.beat());
  }

  /** Whether it would notice if Redis lost its memory, and wait for all of these nodes. */
  knows(nodes: readonly PlaceNode[]): boolean {
    return this.acknowledged !== undefined && nodes.every(({ name }) => this.view.includes(name));
  }

  /** @param onTaken is called when there was a place */
  take(scope: string, limit: number, onTaken: () => void): void {
    const places = this.places.of(scope, () => ({ key: scope, partition: PARTITION }));
    if (places.held >= limit) return;
    this.places.take(places, {
      limit,
      settle: (isTaken) => isTaken && onTaken(),
      giveUp: () => undefined,
    });
  }

  private beat(): void {
    const { acknowledged, name } = this;
    const { nodes } = this.server.script;
    this.link.call(
      (now) => {
        const mine = nodes.get(name);
        if (acknowledged !== undefined) {
          const isGone = mine === undefined || mine < acknowledged || mine < now - NODE_TTL_MS;
          if (isGone) return { now, isGone, beats: [] };
        }
        nodes.set(name, now);
        return { now, isGone: false, beats: [...nodes] };
      },
      ({ now, isGone, beats }) => (isGone ? this.assert(now) : this.onBeat(now, beats)),
      () => undefined,
    );
  }

  private onBeat(now: number, beats: readonly (readonly [string, number])[]): void {
    this.acknowledged = now;
    const { awaited } = this;
    if (!awaited) {
      this.view = beats.filter(([, at]) => now - at <= NODE_TTL_MS).map(([name]) => name);
      return;
    }
    const heard = new Map(beats);
    const isThere = awaited.view.every((name) => (heard.get(name) ?? 0) > awaited.after);
    if (!isThere && now < awaited.until) return;
    this.awaited = undefined;
    this.places.resume(PARTITION);
  }

  /** Redis has lost its memory. */
  private assert(now: number): void {
    this.places.pause(PARTITION);
    this.awaited = { view: this.view, after: now, until: now + NODE_TTL_MS };
    void this.places.assertAll(PARTITION).then(() =>
      this.process.run(() => {
        this.acknowledged = undefined;
        this.beat();
      }),
    );
  }
}
