import { Injectable, type OnModuleInit } from '@nestjs/common';
import { z } from 'zod';
import { ConnectionRegistry } from '../../connection/connection-registry.js';
import { DrainService } from '../../connection/drain.service.js';
import { Faults } from '../../faults/faults.js';
import { NodeIdentity } from '../../nodes/node-identity.js';
import { NodeQuestions } from '../../nodes/node-questions.js';
import { Clock } from '../../time/clock.js';
import { OperatorError } from '../http/operator.error.js';
import { COUNT } from '../nodes/answer-shapes.js';
import { CheckedQuestions } from '../nodes/checked-questions.js';
import { type Answers, bodiesOf, type Reached } from '../nodes/nodes-answered.js';

const DRAIN = 'admin.drain';
const BEGUN = z.object({ isHere: z.boolean(), reached: COUNT });
/** A node that learns of it later does nothing, in milliseconds. */
const LATE_MS = 5000;

interface Drain {
  readonly node: string;
  readonly percent: number;
  readonly isDryRun: boolean;
}

/** Lets a part of the clients of one node reconnect. */
@Injectable()
export class Drains implements OnModuleInit {
  constructor(
    private readonly questions: NodeQuestions,
    private readonly nodes: CheckedQuestions,
    private readonly registry: ConnectionRegistry,
    private readonly drain: DrainService,
    private readonly node: NodeIdentity,
    private readonly faults: Faults,
    private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.questions.serve(DRAIN, (body, before) => {
      const { node, percent, isDryRun } = body as Drain;
      if (node !== this.node.id) return { isHere: false, reached: 0 };
      const reached = Math.ceil((this.registry.size * percent) / 100);
      if (!isDryRun && !this.isLate(before)) this.begin(percent);
      return { isHere: true, reached };
    });
  }

  /** @throws OperatorError if the node does not answer */
  async drainPart(node: string, percent: number, isDryRun: boolean): Promise<Answers<Reached>> {
    const answers = await this.nodes.ask(DRAIN, { node, percent, isDryRun }, BEGUN);
    if (!bodiesOf(answers).some(({ isHere }) => isHere))
      throw new OperatorError('NOT_FOUND', 'no node with this id has answered');
    return answers;
  }

  private begin(percent: number): void {
    // In batches, for as long as the clients take.
    this.drain.recycle(percent).catch((error: unknown) => this.faults.report('A drain failed', error));
  }

  private isLate(before: number): boolean {
    return this.clock.now() - before > LATE_MS;
  }
}
