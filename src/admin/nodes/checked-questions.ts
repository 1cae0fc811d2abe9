import { Injectable } from '@nestjs/common';
import type { z } from 'zod';
import { Faults } from '../../faults/faults.js';
import { NodeQuestions } from '../../nodes/node-questions.js';
import { shownText } from '../../observability/shown-text.js';
import type { Answers } from './nodes-answered.js';

/** Nodes that restart all the time have new ids. */
const MOST_TOLD = 64;

/** A node, probably with another version, has answered in a form that this one does not know. */
class ForeignAnswerError extends Error {
  override readonly name = 'ForeignAnswerError';
}

/** Asks all nodes. An answer that has not the expected form counts as none, and is logged once. */
@Injectable()
export class CheckedQuestions {
  /** What has been logged, by question and node. */
  private readonly told = new Set<string>();

  constructor(
    private readonly questions: NodeQuestions,
    private readonly faults: Faults,
  ) {}

  /** @param shape of each answer; members that it does not have are left out */
  async ask<T>(kind: string, body: unknown, shape: z.ZodType<T>): Promise<Answers<T>> {
    const { asked, answers } = await this.questions.ask(kind, body);
    const right: { node: string; body: T }[] = [];
    for (const answer of answers) {
      const { node } = answer;
      const read = shape.safeParse(answer.body);
      if (read.success) right.push({ node, body: read.data });
      else this.tell(kind, node, read.error);
    }
    return { asked, answers: right };
  }

  private tell(kind: string, node: string, { issues }: z.ZodError): void {
    const key = `${kind} ${node}`;
    if (this.told.has(key)) return;
    if (this.told.size >= MOST_TOLD) this.told.clear();
    this.told.add(key);
    // Values are not shown: they may be names of users.
    const member = issues[0]?.path.join('.') || 'the answer';
    const what = `node ${shownText(node)} answers in another form than this version: ${shownText(member)}`;
    this.faults.report(`An answer to ${kind} is not used`, new ForeignAnswerError(what));
  }
}
