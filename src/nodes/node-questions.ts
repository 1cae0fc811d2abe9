import { Inject, Injectable, Optional } from '@nestjs/common';
import { Faults } from '../faults/faults.js';
import type { MaybePromise } from '../time/maybe-promise.js';
import { NodeIdentity } from './node-identity.js';

/**
 * Answers a question on this node.
 *
 * @param body as it was asked; a node with another version may have asked it
 * @param before epoch milliseconds by the clock of this node when the question was asked; `Infinity` if no time has
 * passed since. Something that is to be done must not concern connections that were accepted later
 * @publicApi
 */
export type AnswerQuestion = (body: unknown, before: number) => MaybePromise<unknown>;

/** The answer of one node. @publicApi */
export interface NodeAnswer {
  /** The id of the node. */
  readonly node: string;
  readonly body: unknown;
}

/** The answers to a question. @publicApi */
export interface NodeAnswers {
  /** The number of nodes that live, as far as this node knows, this one included. */
  readonly asked: number;
  /** The answers that came in time. */
  readonly answers: readonly NodeAnswer[];
}

/** The highest number of questions of one node at a time. More are refused. */
export const MOST_QUESTIONS = 16;
/** The longest question and the longest answer, in bytes of JSON. */
export const MOST_QUESTION_BYTES = 64 * 1024;

/**
 * Asks all nodes a question and collects their answers. Both are plain data that can be sent as JSON, and are not stored.
 *
 * @publicApi
 */
export abstract class NodeQuestions {
  /**
   * Asks every node, this one included.
   *
   * @param kind which question; nodes that do not serve it do not answer
   * @param body at most 64 KiB of JSON
   * @returns the answers within 500 ms. If other nodes cannot be reached, only that of this node
   * @throws OverloadedException if 16 questions of this node wait for answers
   */
  abstract ask(kind: string, body: unknown): Promise<NodeAnswers>;

  /** Sets the function that answers a kind of question on this node. An answer has at most 64 KiB of JSON. */
  abstract serve(kind: string, answer: AnswerQuestion): void;
}

/** Asks this process only. @publicApi */
@Injectable()
export class MemoryNodeQuestions extends NodeQuestions {
  private readonly served = new Map<string, AnswerQuestion>();

  constructor(
    private readonly node: NodeIdentity,
    @Optional() @Inject(Faults) private readonly faults?: Faults,
  ) {
    super();
  }

  async ask(kind: string, body: unknown): Promise<NodeAnswers> {
    const answer = this.served.get(kind);
    if (!answer) return { asked: 1, answers: [] };
    try {
      return { asked: 1, answers: [{ node: this.node.id, body: await answer(body, Infinity) }] };
    } catch (error) {
      this.faults?.report('A question to this node failed', error);
      return { asked: 1, answers: [] };
    }
  }

  serve(kind: string, answer: AnswerQuestion): void {
    this.served.set(kind, answer);
  }
}
