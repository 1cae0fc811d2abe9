import { Injectable } from '@nestjs/common';
import { type Connection, WsThrottlerGuard } from 'nestjs-ws-security';

const FACTORS: ReadonlyMap<unknown, number> = new Map([
  ['team', 5],
  ['enterprise', 50],
]);

/** Users of a larger plan may send more. */
@Injectable()
export class PlanThrottlerGuard extends WsThrottlerGuard {
  protected override limitOf({ principal }: Connection, limit: number): number {
    return limit * (FACTORS.get(principal.claims['plan']) ?? 1);
  }
}
