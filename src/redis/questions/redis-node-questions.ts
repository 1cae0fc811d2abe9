import { z } from 'zod';
import { OverloadedException } from '../../errors/ws-exceptions.js';
import {
  type AnswerQuestion,
  MOST_QUESTION_BYTES,
  MOST_QUESTIONS,
  type NodeAnswers,
  NodeQuestions,
} from '../../nodes/node-questions.js';
import type { Clock } from '../../time/clock.js';
import type { TimerWheel } from '../../time/timer-wheel.js';
import type { RedisLink } from '../link/redis-link.js';
import { RedisUnavailableError } from '../link/redis-port.js';
import { momentOf } from '../moment-of.js';
import { readStored } from '../stored-text.js';
import type { ControlEntry, ControlStream } from '../streams/control-stream.js';
import type { Neighbours } from '../streams/neighbours.js';
import { PendingAnswers } from './pending-answers.js';

/** How long answers of other nodes are waited for. */
const ANSWER_MS = 500;
const RETRY_AFTER_MS = 1000;
const QUESTION = 'question';
const ANSWER = 'answer';

/** The sender's number for it, its kind and its body. */
const QUESTION_BODY = z.tuple([z.number(), z.string()], z.unknown());
/** For whom it is, to which number, and the body, unless there is none. */
const ANSWER_BODY = z.tuple([z.string(), z.number()], z.unknown());

/** Questions by the stream of messages to all nodes. While Redis is away this node answers for itself. */
export class RedisNodeQuestions extends NodeQuestions {
  private readonly served = new Map<string, AnswerQuestion>();
  private readonly pending = new Map<number, PendingAnswers>();
  private last = 0;

  constructor(
    private readonly link: RedisLink,
    private readonly control: ControlStream,
    private readonly neighbours: Neighbours,
    private readonly clock: Clock,
    private readonly wheel: TimerWheel,
    private readonly onFault: (error: unknown) => void,
  ) {
    super();
    control.on(QUESTION, (body, entry) => void this.receive(body, entry));
    control.on(ANSWER, (body, { node }) => {
      const [sender, number, answer] = readStored(body, ANSWER_BODY, 'an answer to a question');
      if (sender !== link.node) return;
      if (answer === undefined) this.pending.get(number)?.without(node);
      else this.pending.get(number)?.add(node, answer);
    });
    neighbours.onLeft((node) => {
      for (const answers of this.pending.values()) answers.without(node);
    });
  }

  async ask(kind: string, body: unknown): Promise<NodeAnswers> {
    if (this.pending.size >= MOST_QUESTIONS) throw new OverloadedException(RETRY_AFTER_MS);
    const number = ++this.last;
    const answers = new PendingAnswers();
    this.pending.set(number, answers);
    let giveUp: (error: unknown) => void = () => undefined;
    const late = new Promise<never>((_, reject) => (giveUp = reject));
    late.catch(() => undefined);
    const timer = this.wheel.schedule(ANSWER_MS, () => {
      giveUp(new RedisUnavailableError('unknown', 'timeout'));
      answers.close();
    });
    try {
      // This node needs no Redis to answer. What it does itself concerns every connection that it has now.
      void this.answer(kind, body, Infinity).then((mine) => {
        if (mine === undefined) answers.without(this.link.node);
        else answers.add(this.link.node, mine);
      });
      const { live, reached } = await this.tell([number, kind, body], late);
      answers.expect([this.link.node, ...reached]);
      return { asked: live + 1, answers: await answers.all };
    } finally {
      timer.cancel();
      this.pending.delete(number);
    }
  }

  serve(kind: string, answer: AnswerQuestion): void {
    this.served.set(kind, answer);
  }

  /**
   * @param late rejects when nobody waits any more
   * @returns how many other nodes live, and those that will read the question
   */
  private async tell(
    question: readonly unknown[],
    late: Promise<never>,
  ): Promise<{ live: number; reached: readonly string[] }> {
    const text = JSON.stringify(question);
    if (Buffer.byteLength(text) > MOST_QUESTION_BYTES) throw new RangeError('The question is too long');
    const inTime = async <T>(call: Promise<T>): Promise<T> => {
      call.catch(() => undefined);
      return Promise.race([call, late]);
    };
    try {
      await inTime(this.control.append(QUESTION, text));
      const reached = await inTime(this.neighbours.find());
      return { live: reached.length, reached };
    } catch (error) {
      if (!(error instanceof RedisUnavailableError)) throw error;
      return { live: this.neighbours.live().length, reached: [] };
    }
  }

  private async receive(text: string, { node, at }: ControlEntry): Promise<void> {
    if (node === this.link.node) return;
    try {
      const [number, kind, body] = readStored(text, QUESTION_BODY, 'a question');
      const before = momentOf(at, this.link, this.clock);
      const answer = await this.answer(kind, body, before);
      // Nobody waits any more. What was to be done is done.
      if (this.clock.now() - before > 2 * ANSWER_MS) return;
      await this.control.append(
        ANSWER,
        JSON.stringify(answer === undefined ? [node, number] : [node, number, answer]),
      );
    } catch (error) {
      // The sender goes on without it.
      if (!(error instanceof RedisUnavailableError)) this.onFault(error);
    }
  }

  /** @returns undefined if there is none */
  private async answer(kind: string, body: unknown, before: number): Promise<unknown> {
    const serve = this.served.get(kind);
    if (!serve) return undefined;
    try {
      const answer = await serve(body, before);
      if (Buffer.byteLength(JSON.stringify(answer)) > MOST_QUESTION_BYTES)
        throw new RangeError('The answer to a question is too long');
      return answer;
    } catch (error) {
      this.onFault(error);
      return undefined;
    }
  }
}
