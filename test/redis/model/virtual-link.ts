import type { Random } from './random.js';
import type { VirtualProcess } from './virtual-process.js';

/** What may go wrong with one call. */
export interface Weather {
  /** One way, milliseconds. */
  readonly latency: readonly [number, number];
  readonly lostCalls: number;
  readonly lostAnswers: number;
  /** Calls that Redis reads seconds later. */
  readonly lateCalls: number;
  readonly lateAnswers: number;
}

export const CALM: Weather = {
  latency: [0.05, 1],
  lostCalls: 0,
  lostAnswers: 0,
  lateCalls: 0,
  lateAnswers: 0,
};
export const STORM: Weather = {
  latency: [0.05, 20],
  lostCalls: 0.03,
  lostAnswers: 0.03,
  lateCalls: 0.03,
  lateAnswers: 0.03,
};

/** The process of Redis, with a wall clock that can be set. */
export interface VirtualServer {
  readonly process: VirtualProcess;
  /** By its own clock, whole milliseconds. */
  readonly now: number;
}

const DEADLINE_MS = 250;

/** The way from one node to Redis and back. */
export class VirtualLink {
  offset: number | undefined;
  calls = 0;

  constructor(
    private readonly node: VirtualProcess,
    private readonly server: VirtualServer,
    private readonly random: Random,
    private readonly weather: Weather,
  ) {}

  /** @param script runs in Redis, unless it is too late; gets the time of the server */
  call<Reply>(
    script: (now: number) => Reply,
    onAnswer: (reply: Reply) => void,
    onFailed: (outcome: 'not-run' | 'unknown') => void,
  ): void {
    const { node, server, random, weather } = this;
    this.calls += 1;
    const sentAt = node.monotonic();
    const notAfter = this.offset === undefined ? Infinity : sentAt + this.offset + DEADLINE_MS;
    const call = { isOver: false };
    const end = (settle: () => void): void => {
      if (!call.isOver) settle();
      call.isOver = true;
    };
    node.after(DEADLINE_MS, () => end(() => onFailed('unknown')));
    if (random.chance(weather.lostCalls)) return;
    const way = this.way(random.chance(weather.lateCalls));
    server.process.after(way, () => {
      const { now } = server;
      const reply = now > notAfter ? undefined : script(now);
      if (random.chance(weather.lostAnswers)) return;
      node.after(this.way(random.chance(weather.lateAnswers)), () => {
        if (node.monotonic() > sentAt + DEADLINE_MS) return;
        end(() => {
          this.offset = now + 1 - sentAt;
          if (reply === undefined) onFailed('not-run');
          else onAnswer(reply);
        });
      });
    });
  }

  private way(isLate: boolean): number {
    const { random, weather } = this;
    if (!isLate) return random.between(...weather.latency);
    // About the deadline, where it is open what came first, or long after.
    return random.chance(0.5) ? random.between(100, 600) : random.between(100, 4000);
  }
}
