import { Injectable } from '@nestjs/common';
import { NodeIdentity } from '../../nodes/node-identity.js';
import { FloodGate } from '../../observability/flood-gate.js';
import { safeEvent } from '../../observability/safe-event.js';
import type { AnyFields, SecurityEvent } from '../../observability/security-event.js';
import { SecurityEvents } from '../../observability/security-events.js';
import { Clock } from '../../time/clock.js';
import { TimerWheel } from '../../time/timer-wheel.js';

/** The events that a node remembers. */
export const REMEMBERED_EVENTS = 1000;

/** An event of a node, as it is sent to listeners. */
export interface RingEntry {
  /** Counts the events of the node, from 1. */
  readonly n: number;
  readonly type: string;
  readonly user: string | null;
  readonly address: string | null;
  /** JSON. Texts in it are bounded. */
  readonly text: string;
}

/**
 * The last events of this node. In a flood, the first of each kind are remembered and the others counted, so that it
 * pushes nothing else out.
 */
@Injectable()
export class EventRing {
  private readonly entries: RingEntry[] = [];
  private readonly gate: FloodGate;
  private readonly listeners = new Set<() => void>();
  private count = 0;

  constructor(
    events: SecurityEvents,
    wheel: TimerWheel,
    private readonly clock: Clock,
    private readonly node: NodeIdentity,
  ) {
    this.gate = new FloodGate(wheel, (summary) => {
      this.keep({ time: new Date(this.clock.now()).toISOString(), ...summary } as SecurityEvent);
    });
    events.events.subscribe((event) => {
      if (this.gate.admits(event)) this.keep(event);
    });
  }

  /** The number of the last event; 0 if there was none. */
  get last(): number {
    return this.count;
  }

  /** The number of the oldest event that is remembered. */
  get first(): number {
    return this.count - this.entries.length + 1;
  }

  /** The events after a number, the oldest first. */
  after(n: number): readonly RingEntry[] {
    const skipped = Math.min(this.entries.length, Math.max(0, n - this.first + 1));
    return this.entries.slice(skipped);
  }

  /** Calls `listener` after each event, until the returned function is called. */
  onEvent(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  private keep(event: SecurityEvent): void {
    const { 'user.id': user, 'client.address': address }: Partial<AnyFields> = event;
    this.entries.push({
      n: ++this.count,
      type: event.type,
      user: user ?? null,
      address: address ?? null,
      text: JSON.stringify({ ...safeEvent(event), node: this.node.id }),
    });
    if (this.entries.length > REMEMBERED_EVENTS) this.entries.shift();
    for (const listener of this.listeners) listener();
  }
}
