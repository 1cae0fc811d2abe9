import type { ServerResponse } from 'node:http';
import type { NodesAnswered } from '../contract/nodes-answered.interface.js';
import type { OperatorPrincipal } from '../access/operator-principal.js';
import type { EventPositions } from './event-positions.js';
import type { RingEntry } from './event-ring.js';
import type { NodeEvents } from './node-events.js';

/** A listener that leaves more unread is cut, in bytes. */
const MOST_UNREAD = 1024 * 1024;

/** One operator who listens to events (HTML Living Standard §9.2, server-sent events). */
export class EventListener {
  private nodes: NodesAnswered | undefined;
  /** Nodes whose numbers are only what the operator says. */
  private readonly claimed: Set<string>;

  constructor(
    private readonly response: ServerResponse,
    readonly principal: OperatorPrincipal,
    readonly positions: EventPositions,
    private readonly isWanted: (entry: RingEntry) => boolean,
    /** Whether what has happened before is left out. */
    private startsNow: boolean,
  ) {
    this.claimed = new Set(positions.nodes());
  }

  /** Whether it begins with what is remembered. */
  get wantsPast(): boolean {
    return !this.startsNow;
  }

  send(event: string, data: object): void {
    this.write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
  }

  /** Keeps proxies from cutting the line. */
  sendComment(): void {
    this.write(': still here\n\n');
  }

  /** How many nodes the stream is about. */
  tell(nodes: NodesAnswered): void {
    if (nodes.asked === this.nodes?.asked && nodes.answered === this.nodes.answered) return;
    this.nodes = nodes;
    this.send('nodes', nodes);
  }

  /** Everything there was has been skipped. */
  started(): void {
    this.startsNow = false;
  }

  /** Sends the events of a node that it does not have yet. */
  take(node: string, { first, last, entries }: NodeEvents): void {
    // A number that the node has not come to would hide what happens until then.
    if (this.claimed.delete(node) && (this.positions.of(node) ?? 0) > last) this.positions.forget(node);
    const known = this.positions.of(node);
    if (known === undefined && this.startsNow) {
      this.positions.set(node, last);
      return;
    }
    if (known !== undefined && known < first - 1) this.send('gap', { node });
    for (const entry of entries) {
      if (entry.n <= (this.positions.of(node) ?? 0)) continue;
      this.positions.set(node, entry.n);
      if (this.isWanted(entry))
        this.write(`id: ${this.positions.toString()}\nevent: event\ndata: ${entry.text}\n\n`);
    }
    if (this.positions.of(node) === undefined && entries.length === 0) this.positions.set(node, last);
  }

  /** Those who do not read would never see the end. */
  end(): void {
    if (this.response.writableLength > 0) this.response.destroy();
    else this.response.end();
  }

  private write(text: string): void {
    if (this.response.destroyed || this.response.writableEnded) return;
    this.response.write(text);
    if (this.response.writableLength > MOST_UNREAD) this.response.destroy();
  }
}
