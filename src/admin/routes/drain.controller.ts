import { Body, Controller, HttpCode, Post, Query, Req, Res } from '@nestjs/common';
import { Writes } from '../access/route-access.decorator.js';
import { OperatorActs } from '../acts/operator-acts.js';
import { dryAnswer, writeAnswer } from '../acts/write.js';
import type { WriteAnswer } from '../contract/writes.interface.js';
import { Drains } from '../drain/drains.js';
import { isDryRun } from '../http/dry-run.js';
import { DRAIN_BODY, DRY_RUN_QUERY } from '../http/inputs.js';
import { readInput, readNoted } from '../http/read-input.js';
import { type SettableStatus, setStatusOf } from '../http/status.js';
import { nodesOf, sumOf } from '../nodes/nodes-answered.js';

/** Lets clients reconnect. */
@Controller()
export class DrainController {
  constructor(
    private readonly drains: Drains,
    private readonly acts: OperatorActs,
  ) {}

  @Writes()
  @Post('drain')
  @HttpCode(200)
  async drain(
    @Query() query: unknown,
    @Body() body: unknown,
    @Req() request: object,
    @Res({ passthrough: true }) response: SettableStatus,
  ): Promise<WriteAnswer> {
    readInput(query, DRY_RUN_QUERY);
    const { note, node, percent } = readNoted(body, DRAIN_BODY);
    const dry = isDryRun(request);
    const told = (reached: number): void =>
      this.acts.report(request, {
        type: 'admin.drain',
        target: `node ${node}`,
        note,
        reached,
        reason: `${percent} percent`,
      });
    const answers = await this.drains.drainPart(node, percent, dry).catch((error: unknown) => {
      // A node that did not answer in time may still begin.
      if (!dry) told(0);
      throw error;
    });
    if (dry) return dryAnswer(answers);
    const reached = sumOf(answers);
    told(reached);
    setStatusOf(response, 202);
    return writeAnswer(nodesOf(answers), reached, { isPending: true });
  }
}
