import { OverloadedException } from '../../errors/ws-exceptions.js';
import {
  type ApplySignal,
  type ClusterSignal,
  ClusterSignals,
  type RightsSignal,
} from '../../nodes/cluster-signals.js';
import type { Clock } from '../../time/clock.js';
import type { TimerWheel, WheelTimer } from '../../time/timer-wheel.js';
import type { RedisLink } from '../link/redis-link.js';
import { RedisUnavailableError } from '../link/redis-port.js';
import { momentOf } from '../moment-of.js';
import type { Neighbours } from '../streams/neighbours.js';
import type { ControlEntry, ControlStream } from '../streams/control-stream.js';
import { readStored } from '../stored-text.js';
import type { RightsTable } from '../tables/rights-table.js';
import { Answers } from './answers.js';
import { knownSignal, REACHED_BODY, SIGNAL_BODY } from './stored-signal.js';

/** How long answers of other nodes are waited for. */
const ANSWER_MS = 500;
const RETRY_AFTER_MS = 1000;
const SIGNAL = 'signal';
const REACHED = 'reached';

/**
 * Signals by the stream of messages to all nodes; changed rights by their table, so that a node that missed the message
 * learns of them later. Each node answers how many connections it reached.
 */
export class RedisClusterSignals extends ClusterSignals {
  private readonly receivers: ApplySignal[] = [];
  private readonly pending = new Map<number, Answers>();
  private requests = 0;

  constructor(
    private readonly link: RedisLink,
    private readonly control: ControlStream,
    private readonly neighbours: Neighbours,
    private readonly clock: Clock,
    private readonly wheel: TimerWheel,
    private readonly onFault: (error: unknown) => void,
    private readonly rights?: RightsTable,
  ) {
    super();
    rights?.onChanged((signal, before, call) => this.changed(signal, before, call));
    control.on(SIGNAL, (body, entry) => this.receive(body, entry));
    control.on(REACHED, (body, { node }) => {
      const [sender, request, reached] = readStored(body, REACHED_BODY, 'an answer to a signal');
      if (sender === link.node) this.pending.get(request)?.add(node, reached);
    });
    neighbours.onLeft((node) => {
      for (const answers of this.pending.values()) answers.add(node, 0);
    });
  }

  /**
   * As the base class says. Nodes that live and do not answer within half a second are not counted.
   *
   * @throws OverloadedException when Redis is away; the signal was applied on this node then, and may be elsewhere
   */
  async send(signal: ClusterSignal): Promise<number> {
    const request = ++this.requests;
    const answers = new Answers();
    this.pending.set(request, answers);
    let timer: WheelTimer | undefined;
    try {
      await this.tell(request, signal);
      timer = this.wheel.schedule(ANSWER_MS, () => answers.close());
      void this.expect(answers);
      return await answers.sum;
    } catch (error) {
      if (!(error instanceof RedisUnavailableError)) throw error;
      this.apply(signal, Infinity);
      throw new OverloadedException(RETRY_AFTER_MS, { cause: error });
    } finally {
      timer?.cancel();
      this.pending.delete(request);
    }
  }

  onSignal(apply: ApplySignal): void {
    this.receivers.push(apply);
  }

  /** A node that begins to accept clients after the signal was written has none that it concerns. */
  private async expect(answers: Answers): Promise<void> {
    const others = await this.neighbours.find().catch(() => this.neighbours.live());
    answers.expect([this.link.node, ...others]);
  }

  private receive(body: string, { node, at }: ControlEntry): void {
    const [request, sent] = readStored(body, SIGNAL_BODY, 'a signal');
    const signal = knownSignal(sent);
    // A node with a later version may know more kinds. It need not wait for this one.
    this.answer(node, request, signal ? this.apply(signal, momentOf(at, this.link, this.clock)) : 0);
  }

  private tell(request: number, signal: ClusterSignal): Promise<void> {
    if (this.rights && signal.type === 'rights')
      return this.rights.write(signal, `${this.link.node} ${request}`);
    return this.control.append(SIGNAL, JSON.stringify([request, signal]));
  }

  /** @param call node and number, as `tell` has given them along */
  private changed(signal: RightsSignal, before: number, call: string): void {
    const reached = this.apply(signal, before);
    // Nobody waits for an answer to those that were changed some time ago.
    if (before < this.clock.now() - 2 * ANSWER_MS) return;
    const [node = '', request] = call.split(' ');
    if (request !== undefined) this.answer(node, Number(request), reached);
  }

  private answer(node: string, request: number, reached: number): void {
    if (node === this.link.node) {
      this.pending.get(request)?.add(node, reached);
      return;
    }
    const body = JSON.stringify([node, request, reached]);
    // The sender goes on without it.
    this.control.append(REACHED, body).catch(() => undefined);
  }

  private apply(signal: ClusterSignal, before: number): number {
    let reached = 0;
    for (const apply of this.receivers) {
      try {
        reached += apply(signal, before);
      } catch (error) {
        this.onFault(error);
      }
    }
    return reached;
  }
}
