import { Injectable, type OnModuleInit } from '@nestjs/common';
import { z } from 'zod';
import { NodeQuestions } from '../../nodes/node-questions.js';
import type { RefusalCount, RefusalsAnswer } from '../contract/refusals.interface.js';
import { COUNT } from '../nodes/answer-shapes.js';
import { CheckedQuestions } from '../nodes/checked-questions.js';
import { bodiesOf, nodesOf } from '../nodes/nodes-answered.js';
import { partOf } from '../nodes/part.js';
import { MOST_STEPS, type NodeRefusals, RefusalTally, STEP_MS, topEntries } from './refusal-tally.js';

const REFUSALS = 'admin.refusals';
const TOP = z.array(z.object({ value: z.string(), count: COUNT }));
const KIND: z.ZodType<NodeRefusals> = z.object({
  stage: z.enum(['handshake', 'login', 'message']),
  code: z.string(),
  perStep: z.array(COUNT),
  addresses: TOP,
  paths: TOP,
});
const COUNTED = z.object({ kinds: z.array(KIND) });

/** The refusals of all nodes. */
@Injectable()
export class RefusalReports implements OnModuleInit {
  constructor(
    private readonly questions: NodeQuestions,
    private readonly nodes: CheckedQuestions,
    private readonly tally: RefusalTally,
  ) {}

  onModuleInit(): void {
    this.questions.serve(REFUSALS, (body) => {
      const { first, steps } = body as { first: number; steps: number };
      const kinds = this.tally
        .report(first, Math.min(steps, MOST_STEPS))
        .toSorted((one, other) => countOf(other) - countOf(one));
      return { kinds: partOf(kinds, kinds.length).items };
    });
  }

  async report(windowMs: number): Promise<RefusalsAnswer> {
    const steps = Math.min(MOST_STEPS, Math.ceil(windowMs / STEP_MS));
    const first = this.tally.step - steps + 1;
    const answers = await this.nodes.ask(REFUSALS, { first, steps }, COUNTED);
    const kinds = new Map<string, NodeRefusals[]>();
    for (const body of bodiesOf(answers)) {
      for (const kind of body.kinds) {
        const name = `${kind.stage} ${kind.code}`;
        kinds.set(name, [...(kinds.get(name) ?? []), kind]);
      }
    }
    const codes = [...kinds.values()].map((same) => sumOfKinds(same, steps));
    return {
      nodes: nodesOf(answers),
      from: first * STEP_MS,
      stepMs: STEP_MS,
      steps,
      codes: codes.toSorted((one, other) => other.count - one.count),
    };
  }
}

function countOf({ perStep }: NodeRefusals): number {
  return perStep.reduce((sum, count) => sum + count, 0);
}

function sumOfKinds(same: readonly NodeRefusals[], steps: number): RefusalCount {
  const [{ stage, code } = { stage: 'handshake', code: '' } as const] = same;
  const perStep = Array.from({ length: steps }, (_, i) =>
    same.reduce((sum, kind) => sum + (kind.perStep[i] ?? 0), 0),
  );
  return {
    stage,
    code,
    count: perStep.reduce((sum, count) => sum + count, 0),
    perStep,
    addresses: topEntries(same.flatMap(({ addresses }) => addresses)),
    paths: topEntries(same.flatMap(({ paths }) => paths)),
  };
}
