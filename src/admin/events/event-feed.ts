import type { ServerResponse } from 'node:http';
import { type BeforeApplicationShutdown, Injectable, type OnModuleInit } from '@nestjs/common';
import { Faults } from '../../faults/faults.js';
import { NodeIdentity } from '../../nodes/node-identity.js';
import { NodeQuestions } from '../../nodes/node-questions.js';
import type { ResolvedOptions } from '../../options/options.schema.js';
import { InjectSecurityOptions } from '../../options/options.token.js';
import { Clock } from '../../time/clock.js';
import type { OperatorPrincipal } from '../access/operator-principal.js';
import { OperatorError } from '../http/operator.error.js';
import { SAFE_HEADERS } from '../http/safe-headers.js';
import { CheckedQuestions } from '../nodes/checked-questions.js';
import { nodesOf } from '../nodes/nodes-answered.js';
import { partOf } from '../nodes/part.js';
import { type EventFilter, eventTest } from './event-filter.js';
import { EventListener } from './event-listener.js';
import { NODE_EVENTS, type NodeEvents } from './node-events.js';
import { EventPositions } from './event-positions.js';
import { EventRing, REMEMBERED_EVENTS } from './event-ring.js';
import { placeToGiveUp } from './place-to-give-up.js';

const EVENTS = 'admin.events';
/** How often other nodes are asked while somebody listens. */
const ASK_MS = 1000;
const CHECK_MS = 15_000;
/** The entries that a node answers at most. */
const MOST_ENTRIES = 200;
/** Questions in a row. The events that are remembered fit into a few answers. */
const MOST_ROUNDS = 64;
const NOW = 'now';

interface Question {
  /** For each node, the number of the last event that all listeners have. */
  readonly after: Readonly<Record<string, number>>;
  /** From which number on a node that is not in `after` answers. */
  readonly others: 'all' | 'none';
}

/** Sends the events of all nodes to those who listen on this one. Nobody is asked while nobody listens. */
@Injectable()
export class EventFeed implements OnModuleInit, BeforeApplicationShutdown {
  private readonly open = new Set<EventListener>();
  /** Whose guard has not said yet whether they may still listen. */
  private readonly unsure = new WeakSet<EventListener>();
  private stop: (() => void) | undefined;
  private isAsking = false;
  private isFlushing = false;
  private isOver = false;
  /** The nodes that answered last. Listeners may name any others, which nobody asks for. */
  private heard: readonly string[] = [];

  constructor(
    @InjectSecurityOptions() private readonly options: ResolvedOptions,
    private readonly ring: EventRing,
    private readonly questions: NodeQuestions,
    private readonly nodes: CheckedQuestions,
    private readonly node: NodeIdentity,
    private readonly clock: Clock,
    private readonly faults: Faults,
  ) {}

  onModuleInit(): void {
    this.questions.serve(EVENTS, (body) => {
      const { after, others } = body as Question;
      const from = after[this.node.id] ?? (others === 'all' ? 0 : this.ring.last);
      return this.eventsAfter(from);
    });
  }

  /** Drains must not wait for listeners, nor for those who come back. */
  beforeApplicationShutdown(): void {
    this.isOver = true;
    for (const listener of this.open) this.end(listener);
  }

  get listeners(): { readonly open: number; readonly limit: number } {
    return { open: this.open.size, limit: this.options.adminMaxListeners };
  }

  /** @throws OperatorError if there are too many listeners, or the node stops */
  makeRoomFor(newcomer: OperatorPrincipal): void {
    if (this.isOver) throw new OperatorError('UNAVAILABLE', 'the node stops');
    this.forgetGone();
    if (this.open.size < this.options.adminMaxListeners) return;
    const other = placeToGiveUp(this.open, newcomer);
    if (!other)
      throw new OperatorError('OVERLOADED', 'too many listeners on this node', { 'Retry-After': '5' });
    this.end(other);
  }

  /** @param lastEventId the id of the last event that the operator has, or `now` */
  listen(
    response: ServerResponse,
    principal: OperatorPrincipal,
    filter: EventFilter,
    lastEventId: string | undefined,
  ): void {
    const isNow = lastEventId === NOW;
    const positions = EventPositions.read(isNow ? '' : (lastEventId ?? ''));
    const listener = new EventListener(response, principal, positions, eventTest(filter), isNow);
    response.writeHead(200, {
      ...SAFE_HEADERS,
      // Middleware that compresses would collect the events (RFC 9111 §5.2.2.6).
      'Cache-Control': 'no-store, no-transform',
      'Content-Type': 'text/event-stream; charset=utf-8',
      // Proxies such as nginx would collect the events.
      'X-Accel-Buffering': 'no',
    });
    this.open.add(listener);
    response.on('close', () => this.close(listener));
    response.on('error', () => this.close(listener));
    response.on('drain', () => {
      if (listener.isReady) void this.ask();
    });
    listener.send('ready', { node: this.node.id, remembered: REMEMBERED_EVENTS });
    this.begin();
    void this.ask();
  }

  private begin(): void {
    if (this.stop) return;
    const stops = [
      this.clock.every(ASK_MS, () => void this.ask()),
      this.clock.every(CHECK_MS, () => this.check()),
      this.ring.onEvent(() => this.flushSoon()),
    ];
    this.stop = () => stops.forEach((stop) => stop());
  }

  private end(listener: EventListener): void {
    listener.end();
    this.close(listener);
  }

  /** Node does not tell of the end of a response whose client left before, or that waits for another one. */
  private forgetGone(): void {
    for (const listener of this.open) if (listener.isGone) this.end(listener);
  }

  private close(listener: EventListener): void {
    this.open.delete(listener);
    if (this.open.size > 0) return;
    this.stop?.();
    this.stop = undefined;
  }

  /** Events of one turn are sent together. Those of this node need not be asked for. */
  private flushSoon(): void {
    if (this.isFlushing) return;
    this.isFlushing = true;
    setImmediate(() => {
      this.isFlushing = false;
      for (const listener of this.open) {
        const own = listener.positions.of(this.node.id);
        // It has not been told yet what there was before.
        if (own !== undefined) listener.take(this.node.id, this.eventsAfter(own));
      }
    });
  }

  private async ask(): Promise<void> {
    if (this.isAsking) return;
    this.isAsking = true;
    try {
      // A node may have more than one answer has room for.
      for (let i = 0; i < MOST_ROUNDS && (await this.askOnce()); i++);
    } catch (error) {
      this.faults.report('The events of other nodes could not be asked for', error);
    } finally {
      this.isAsking = false;
    }
  }

  /** @returns whether a node has more */
  private async askOnce(): Promise<boolean> {
    this.forgetGone();
    // Those who have to read first are not told: they would miss what is between.
    const asked = [...this.open].filter(({ isFull }) => !isFull);
    if (asked.length === 0) return false;
    const answers = await this.nodes.ask(EVENTS, this.question(asked), NODE_EVENTS);
    this.heard = answers.answers.map(({ node }) => node);
    for (const listener of asked.filter((one) => this.open.has(one))) {
      listener.tell(nodesOf(answers));
      for (const { node, body } of answers.answers) listener.take(node, body);
      listener.started();
    }
    return answers.answers.some(({ body: { entries, last } }) => (entries.at(-1)?.n ?? last) < last);
  }

  /** What at least one of the listeners lacks. */
  private question(listeners: readonly EventListener[]): Question {
    const after: Record<string, number> = {};
    const wantsPast = listeners.some((listener) => listener.wantsPast);
    for (const node of this.heard) {
      const numbers = listeners.map(
        ({ positions, wantsPast: all }) => positions.of(node) ?? (all ? 0 : Infinity),
      );
      const least = Math.min(...numbers);
      if (Number.isFinite(least)) after[node] = least;
    }
    return { after, others: wantsPast ? 'all' : 'none' };
  }

  private eventsAfter(n: number): NodeEvents {
    const { items } = partOf(this.ring.after(n), MOST_ENTRIES);
    return { first: this.ring.first, last: this.ring.last, entries: items };
  }

  /** Each for itself: a guard that does not answer must not keep others listening, nor its own listener for long. */
  private check(): void {
    for (const listener of this.open) {
      if (listener.isStuck()) {
        this.end(listener);
        continue;
      }
      listener.sendComment();
      if (this.unsure.has(listener)) this.end(listener);
      else void this.checkOne(listener);
    }
  }

  private async checkOne(listener: EventListener): Promise<void> {
    this.unsure.add(listener);
    if (await this.isValid(listener.principal)) this.unsure.delete(listener);
    else this.end(listener);
  }

  private async isValid({ expiresAt, isStillValid }: OperatorPrincipal): Promise<boolean> {
    // Anything else than a time is over, too.
    if (expiresAt !== undefined && expiresAt !== null && !(this.clock.now() < expiresAt)) return false;
    if (!isStillValid) return true;
    try {
      const answer: unknown = await isStillValid();
      return answer === true;
    } catch {
      // It is unknown whether the operator may still read.
      return false;
    }
  }
}
