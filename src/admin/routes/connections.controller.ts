import { Body, Controller, Get, HttpCode, Param, Post, Query, Req } from '@nestjs/common';
import { Reads, Writes } from '../access/route-access.decorator.js';
import { OperatorActs } from '../acts/operator-acts.js';
import { targetText } from '../acts/target-text.js';
import { dryAnswer, writeAnswer } from '../acts/write.js';
import type { ConnectionFilter } from '../connections/connection-filter.js';
import { ConnectionSearch } from '../connections/connection-search.js';
import { Disconnects } from '../connections/disconnects.js';
import type { ConnectionAnswer, ConnectionPage } from '../contract/connections.interface.js';
import type { DisconnectRequest, WriteAnswer } from '../contract/writes.interface.js';
import { isDryRun } from '../http/dry-run.js';
import {
  CONNECTIONS_QUERY,
  DISCONNECT_BODY,
  DISCONNECT_USER_BODY,
  DRY_RUN_QUERY,
  NO_QUERY,
} from '../http/inputs.js';
import { LimitAddresses } from '../http/limit-addresses.js';
import { OperatorError } from '../http/operator.error.js';
import { readInput, readNoted } from '../http/read-input.js';
import { nodesOf, sumOf } from '../nodes/nodes-answered.js';

/** Who is connected, and who is not any more. */
@Controller()
export class ConnectionsController {
  constructor(
    private readonly search: ConnectionSearch,
    private readonly disconnects: Disconnects,
    private readonly acts: OperatorActs,
    private readonly addresses: LimitAddresses,
  ) {}

  @Reads()
  @Get('connections')
  list(@Query() query: unknown): Promise<ConnectionPage> {
    const { limit, cursor, ...filter } = readInput(query, CONNECTIONS_QUERY);
    return this.search.page(this.addresses.found(filter), limit, cursor);
  }

  @Reads()
  @Get('connections/:id')
  one(@Param('id') id: string, @Query() query: unknown): Promise<ConnectionAnswer> {
    readInput(query, NO_QUERY);
    return this.search.one(id);
  }

  @Writes()
  @Post('connections/:id/disconnect')
  @HttpCode(200)
  async disconnect(
    @Param('id') id: string,
    @Query() query: unknown,
    @Body() body: unknown,
    @Req() request: object,
  ): Promise<WriteAnswer> {
    readInput(query, DRY_RUN_QUERY);
    const wanted = readNoted(body, DISCONNECT_BODY);
    const answer = await this.close(request, { connection: id }, wanted);
    if (answer.reached === 0)
      throw new OperatorError('NOT_FOUND', 'no node that answered has this connection');
    return answer;
  }

  @Writes()
  @Post('users/disconnect')
  @HttpCode(200)
  disconnectUser(
    @Query() query: unknown,
    @Body() body: unknown,
    @Req() request: object,
  ): Promise<WriteAnswer> {
    readInput(query, DRY_RUN_QUERY);
    const { user, issuer, ...wanted } = readNoted(body, DISCONNECT_USER_BODY);
    return this.close(request, { user, issuer }, wanted);
  }

  private async close(
    request: object,
    filter: ConnectionFilter,
    { note, code, reason }: Required<DisconnectRequest>,
  ): Promise<WriteAnswer> {
    if (isDryRun(request)) return dryAnswer(await this.disconnects.count(filter));
    const answers = await this.disconnects.close(filter, code, reason);
    const reached = sumOf(answers);
    const target = targetText(filter);
    this.acts.report(request, {
      type: 'admin.disconnect',
      target,
      note,
      reached,
      reason: `closed with ${code}`,
    });
    return writeAnswer(nodesOf(answers), reached);
  }
}
