import { Injectable } from '@nestjs/common';
import { SecurityEvents } from '../../observability/security-events.js';
import type { SecurityEvent } from '../../observability/security-event.js';
import { shownText } from '../../observability/shown-text.js';
import { TopList } from '../../observability/top-list.js';
import { Clock } from '../../time/clock.js';
import type { RefusalCount, TopEntry } from '../contract/refusals.interface.js';

export const STEP_MS = 60_000;
export const MOST_STEPS = 15;
const REMEMBERED = 10;
/** The codes are known. An application could emit others. */
const MOST_KINDS = 64;

type Stage = RefusalCount['stage'];

interface Kind {
  readonly stage: Stage;
  readonly code: string;
  count: number;
  readonly addresses: TopList;
  readonly paths: TopList;
}

/** What one node counted of a kind of refusals. */
export interface NodeRefusals {
  readonly stage: Stage;
  readonly code: string;
  readonly perStep: readonly number[];
  readonly addresses: readonly TopEntry[];
  readonly paths: readonly TopEntry[];
}

/** Counts the refusals of the last 15 minutes by code, with their busiest addresses and paths, in fixed memory. */
@Injectable()
export class RefusalTally {
  /** By the minute. */
  private readonly steps = new Map<number, Map<string, Kind>>();

  constructor(
    private readonly clock: Clock,
    events: SecurityEvents,
  ) {
    events.events.subscribe((event) => this.add(event));
  }

  /** The number of the current minute. */
  get step(): number {
    return Math.floor(this.clock.now() / STEP_MS);
  }

  /** All refusals, by code. */
  counts(): Record<string, number> {
    const counts = Object.create(null) as Record<string, number>;
    for (const kinds of this.since(this.step - MOST_STEPS + 1))
      for (const { code, count } of kinds.values()) counts[code] = (counts[code] ?? 0) + count;
    return counts;
  }

  /** @param first the number of the first minute @param steps how many minutes */
  report(first: number, steps: number): NodeRefusals[] {
    const perStep = Array.from({ length: steps }, (_, i) => this.steps.get(first + i));
    const names = new Set(perStep.flatMap((kinds) => [...(kinds?.keys() ?? [])]));
    return [...names].map((name) => {
      const kinds = perStep.map((step) => step?.get(name));
      const { stage, code } = kinds.find((kind) => kind) as Kind;
      return {
        stage,
        code,
        perStep: kinds.map((kind) => kind?.count ?? 0),
        addresses: topOf(kinds.map((kind) => kind?.addresses)),
        paths: topOf(kinds.map((kind) => kind?.paths)),
      };
    });
  }

  private add(event: SecurityEvent): void {
    switch (event.type) {
      case 'handshake.refused':
        this.count('handshake', event.code, 1, event['client.address'], event['url.path']);
        break;
      case 'authentication.refused':
        this.count('login', event.code, 1, event['client.address'], event['url.path']);
        break;
      case 'messages.refused':
        for (const [code, count] of Object.entries(event.counts))
          this.count('message', code, count, event['client.address'], event['url.path']);
        break;
      default:
    }
  }

  private count(stage: Stage, code: string, count: number, address: string, path: string): void {
    const kind = this.kindOf(stage, code);
    if (!kind) return;
    kind.count += count;
    kind.addresses.add(address, count);
    // Clients choose it, and many long ones would fill the memory.
    kind.paths.add(shownText(path), count);
  }

  private kindOf(stage: Stage, code: string): Kind | undefined {
    const { step } = this;
    let kinds = this.steps.get(step);
    if (!kinds) {
      this.steps.set(step, (kinds = new Map()));
      for (const old of this.steps.keys()) if (old <= step - MOST_STEPS) this.steps.delete(old);
    }
    const name = `${stage} ${code}`;
    let kind = kinds.get(name);
    if (!kind && kinds.size < MOST_KINDS) {
      kind = { stage, code, count: 0, addresses: new TopList(REMEMBERED), paths: new TopList(REMEMBERED) };
      kinds.set(name, kind);
    }
    return kind;
  }

  private *since(first: number): IterableIterator<Map<string, Kind>> {
    for (const [step, kinds] of this.steps) if (step >= first) yield kinds;
  }
}

/** The most frequent values of several lists. */
function topOf(lists: readonly (TopList | undefined)[]): TopEntry[] {
  return topEntries(
    lists.flatMap((list) => list?.top(REMEMBERED) ?? []).map(({ key, count }) => ({ value: key, count })),
  );
}

/** Adds up entries with the same value, and keeps the most frequent ones. */
export function topEntries(entries: readonly TopEntry[]): TopEntry[] {
  const sums = new Map<string, number>();
  for (const { value, count } of entries) sums.set(value, (sums.get(value) ?? 0) + count);
  return [...sums]
    .map(([value, count]) => ({ value, count }))
    .toSorted((one, other) => other.count - one.count)
    .slice(0, REMEMBERED);
}
