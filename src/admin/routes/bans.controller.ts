import { Body, Controller, Delete, Get, HttpCode, Param, Post, Query, Req, Res } from '@nestjs/common';
import { CloseCode } from '../../protocol/close-code.enum.js';
import { BanService } from '../../throttling/bans/ban.service.js';
import { Clock } from '../../time/clock.js';
import { Reads, Writes } from '../access/route-access.decorator.js';
import { OperatorActs } from '../acts/operator-acts.js';
import { targetText } from '../acts/target-text.js';
import { dryAnswer, isLeftPending, supported, writeAnswer } from '../acts/write.js';
import { BanList } from '../bans/ban-list.js';
import { Disconnects, NOBODY } from '../connections/disconnects.js';
import type { BanPage } from '../contract/bans.interface.js';
import type { WriteAnswer } from '../contract/writes.interface.js';
import { isDryRun } from '../http/dry-run.js';
import { BAN_BODY, BANS_QUERY, DRY_RUN_QUERY, NOTE_BODY } from '../http/inputs.js';
import { LimitAddresses } from '../http/limit-addresses.js';
import { OperatorError } from '../http/operator.error.js';
import { readInput, readNoted } from '../http/read-input.js';
import { type SettableStatus, setStatusOf } from '../http/status.js';
import { nodesOf, sumOf } from '../nodes/nodes-answered.js';

const YEAR_MS = 365 * 86_400_000;
const REASON = 'banned';

type Target = { readonly user: string; readonly issuer: string | null } | { readonly address: string };

/** The bans, set and lifted. */
@Controller()
export class BansController {
  constructor(
    private readonly bans: BanService,
    private readonly list: BanList,
    private readonly disconnects: Disconnects,
    private readonly clock: Clock,
    private readonly acts: OperatorActs,
    private readonly addresses: LimitAddresses,
  ) {}

  @Reads()
  @Get('bans')
  page(@Query() query: unknown): Promise<BanPage> {
    const { limit, cursor, ...filter } = readInput(query, BANS_QUERY);
    return this.list.page(this.addresses.found(filter), limit, cursor);
  }

  @Writes()
  @Post('bans')
  @HttpCode(200)
  async ban(
    @Query() query: unknown,
    @Body() body: unknown,
    @Req() request: object,
    @Res({ passthrough: true }) response: SettableStatus,
  ): Promise<WriteAnswer> {
    readInput(query, DRY_RUN_QUERY);
    const { note, until, ...wanted } = readNoted(body, BAN_BODY);
    const ms = until - this.clock.now();
    if (!(ms > 0 && ms <= YEAR_MS))
      throw new OperatorError('BAD_REQUEST', 'until: must be in the future, and at most 365 days ahead');
    const target = 'address' in wanted ? { address: this.addresses.banned(wanted.address) } : wanted;
    const counted = await this.disconnects.count(target);
    if (isDryRun(request)) return dryAnswer(counted);
    const reached = sumOf(counted);
    const act = { type: 'admin.ban', target: targetText(target), note, reached, until } as const;
    const pending = await this.acts.reported(request, act, () =>
      isLeftPending(() => this.banned(target, ms)),
    );
    // A ban of an address closes those that have a user there, too. Both are closed on nodes that heard of no ban yet.
    await this.disconnects.close(target, CloseCode.FORBIDDEN, REASON);
    if (pending) setStatusOf(response, 202);
    return writeAnswer(nodesOf(counted), reached, { isPending: pending });
  }

  @Writes()
  @Delete('bans/:id')
  @HttpCode(200)
  async lift(
    @Param('id') id: string,
    @Query() query: unknown,
    @Body() body: unknown,
    @Req() request: object,
  ): Promise<WriteAnswer> {
    readInput(query, DRY_RUN_QUERY);
    const { note } = readNoted(body, NOTE_BODY);
    const found = await this.list.find(id);
    if (!found) throw new OperatorError('NOT_FOUND', 'there is no such ban');
    const { ban, key } = found;
    const dry = isDryRun(request);
    if (!dry) {
      const { user, issuer, address } = ban;
      const target = `ban of ${targetText({ user, issuer, address })}`;
      const act = { type: 'admin.lift', target, note, reached: 0 } as const;
      await supported(this.list.canLift, () => this.acts.reported(request, act, () => this.bans.lift(key)));
    }
    return writeAnswer(nodesOf(await this.disconnects.count(NOBODY)), 0, { isDryRun: dry });
  }

  private banned(target: Target, ms: number): Promise<void> {
    return 'address' in target
      ? this.bans.banAddress(target.address, ms)
      : this.bans.banUser(target.user, target.issuer, ms);
  }
}
