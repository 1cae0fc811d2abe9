import { Injectable } from '@nestjs/common';
import { HandshakeRefusal } from '../../errors/handshake.refusal.js';
import { BanService } from '../../throttling/bans/ban.service.js';
import type { Claimant } from '../claimant.interface.js';
import { decideOn } from '../decide-on.js';
import { HandshakeStep } from '../handshake-step.js';
import { retrySoon } from '../retry-after.js';

/** Refuses banned clients. Runs for the address, and again for the principal after verification. */
@Injectable()
export class BanStep extends HandshakeStep {
  constructor(private readonly bans: BanService) {
    super();
  }

  check({ principal, address }: Claimant): void | Promise<void> {
    return decideOn(
      () => this.bans.remaining(principal, address),
      (remaining) => {
        if (remaining > 0) throw new HandshakeRefusal('BANNED');
      },
      (cause) => new HandshakeRefusal('OVERLOADED', retrySoon(), { cause }),
    );
  }
}
