import { Body, Controller, Delete, Get, HttpCode, Param, Post, Query, Req, Res } from '@nestjs/common';
import { RevocationService } from '../../auth/revocation.service.js';
import { sessionKey, tokenKey, userKey } from '../../connection/revocation-keys.js';
import { Clock } from '../../time/clock.js';
import { Reads, Writes } from '../access/route-access.decorator.js';
import { OperatorActs } from '../acts/operator-acts.js';
import { targetText } from '../acts/target-text.js';
import { dryAnswer, isLeftPending, supported, writeAnswer } from '../acts/write.js';
import { Disconnects, NOBODY } from '../connections/disconnects.js';
import type { RevocationPage } from '../contract/revocations.interface.js';
import type { WriteAnswer } from '../contract/writes.interface.js';
import { isDryRun } from '../http/dry-run.js';
import { DRY_RUN_QUERY, NOTE_BODY, REVOCATION_BODY, REVOCATIONS_QUERY } from '../http/inputs.js';
import { OperatorError } from '../http/operator.error.js';
import { readInput, readNoted } from '../http/read-input.js';
import { type SettableStatus, setStatusOf } from '../http/status.js';
import { nodesOf, sumOf } from '../nodes/nodes-answered.js';
import { RevocationList, targetOf } from '../revocations/revocation-list.js';
import { SessionLookup } from '../revocations/session-lookup.js';

type Target =
  | { readonly user: string; readonly issuer: string | null }
  | { readonly session: string }
  | { readonly token: string };

/** The revocations, set and lifted. */
@Controller()
export class RevocationsController {
  constructor(
    private readonly revocations: RevocationService,
    private readonly list: RevocationList,
    private readonly sessions: SessionLookup,
    private readonly disconnects: Disconnects,
    private readonly acts: OperatorActs,
    private readonly clock: Clock,
  ) {}

  @Reads()
  @Get('revocations')
  page(@Query() query: unknown): Promise<RevocationPage> {
    const { limit, cursor, ...filter } = readInput(query, REVOCATIONS_QUERY);
    return this.list.page(filter, limit, cursor);
  }

  @Writes()
  @Post('revocations')
  @HttpCode(200)
  async revoke(
    @Query() query: unknown,
    @Body() body: unknown,
    @Req() request: object,
    @Res({ passthrough: true }) response: SettableStatus,
  ): Promise<WriteAnswer> {
    readInput(query, DRY_RUN_QUERY);
    const { note, until, ...wanted } = readNoted(body, REVOCATION_BODY);
    // It would be forgotten at once, and the credentials would be valid again.
    if (until !== undefined && !(until > this.clock.now()))
      throw new OperatorError('BAD_REQUEST', 'until: must be in the future');
    const target: Target =
      'connection' in wanted ? { session: await this.sessions.sessionOf(wanted.connection) } : wanted;
    // The connections on other nodes are closed by the store, which does not count them.
    const counted = await this.disconnects.count({ revocationKey: keyOf(target) });
    if (isDryRun(request)) return dryAnswer(counted);
    const reached = sumOf(counted);
    const act = { type: 'admin.revoke', target: targetText(target), note, reached, until } as const;
    const pending = await this.acts.reported(request, act, () =>
      isLeftPending(() => this.revoked(target, until)),
    );
    if (pending) setStatusOf(response, 202);
    return writeAnswer(nodesOf(counted), reached, { isPending: pending });
  }

  @Writes()
  @Delete('revocations/:id')
  @HttpCode(200)
  async lift(
    @Param('id') id: string,
    @Query() query: unknown,
    @Body() body: unknown,
    @Req() request: object,
  ): Promise<WriteAnswer> {
    readInput(query, DRY_RUN_QUERY);
    const { note } = readNoted(body, NOTE_BODY);
    const key = await this.list.keyOf(id);
    if (key === undefined) throw new OperatorError('NOT_FOUND', 'there is no such revocation');
    const dry = isDryRun(request);
    if (!dry) {
      const target = `revocation of ${targetText(targetOf(key))}`;
      const act = { type: 'admin.lift', target, note, reached: 0 } as const;
      await supported(this.list.canLift, () =>
        this.acts.reported(request, act, () => this.revocations.lift(key)),
      );
    }
    return writeAnswer(nodesOf(await this.disconnects.count(NOBODY)), 0, { isDryRun: dry });
  }

  private revoked(target: Target, until: number | undefined): Promise<number> {
    if ('session' in target) return this.revocations.revokeSession(target.session, until);
    if ('token' in target) return this.revocations.revokeToken(target.token, until);
    return this.revocations.revokeUser(target.user, target.issuer, until);
  }
}

function keyOf(target: Target): string {
  if ('session' in target) return sessionKey(target.session);
  return 'token' in target ? tokenKey(target.token) : userKey(target.user, target.issuer);
}
