import type { ServerResponse } from 'node:http';
import type { NodesAnswered } from '../contract/nodes-answered.interface.js';
import type { OperatorPrincipal } from '../access/operator-principal.js';
import type { EventPositions } from './event-positions.js';
import type { RingEntry } from './event-ring.js';
import type { NodeEvents } from './node-events.js';

/** A listener that leaves more unread gets no events until it has read, in bytes. */
const MOST_UNREAD = 256 * 1024;

/** One operator who listens to events (HTML Living Standard §9.2, server-sent events). */
export class EventListener {
  private nodes: NodesAnswered | undefined;
  /** Events wait until it has read others. */
  private waits = false;
  private sentEvents = 0;
  private sentAtLastCheck = -1;
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

  /** Whether the client has left. */
  get isGone(): boolean {
    return this.response.destroyed || this.response.req.socket.destroyed;
  }

  /** Whether it has to read before it gets more. */
  get isFull(): boolean {
    return this.response.writableLength > MOST_UNREAD;
  }

  /** Whether it can get the events that wait for it. */
  get isReady(): boolean {
    return this.waits && !this.isFull;
  }

  /** Whether it has read nothing since this was asked last, although it is full. */
  isStuck(): boolean {
    const isStuck = this.isFull && this.sentEvents === this.sentAtLastCheck;
    this.sentAtLastCheck = this.sentEvents;
    return isStuck;
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
    this.waits = false;
    if (known !== undefined && known < first - 1) this.send('gap', { node });
    for (const entry of entries) {
      if (entry.n <= (this.positions.of(node) ?? 0)) continue;
      if (this.isFull) {
        this.waits = true;
        return;
      }
      this.sentEvents++;
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
  }
}
