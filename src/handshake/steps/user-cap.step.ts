import { Injectable } from '@nestjs/common';
import { Counters } from '../../counters/counters.js';
import { ConnectionDirectory } from '../../nodes/connection-directory.js';
import { Faults } from '../../faults/faults.js';
import { HandshakeRefusal } from '../../errors/handshake.refusal.js';
import type { ResolvedOptions } from '../../options/options.schema.js';
import { InjectSecurityOptions } from '../../options/options.token.js';
import { decideOn } from '../decide-on.js';
import type { Handshake } from '../handshake.js';
import { HandshakeStep } from '../handshake-step.js';
import { releaseOf } from '../../nodes/place.js';
import { CloseCode } from '../../protocol/close-code.enum.js';
import { retrySoon } from '../retry-after.js';
import { resumeOfferOf } from '../subprotocol.js';

/** Limits the connections per authenticated user. */
@Injectable()
export class UserCapStep extends HandshakeStep {
  constructor(
    @InjectSecurityOptions() private readonly options: ResolvedOptions,
    private readonly directory: ConnectionDirectory,
    private readonly faults: Faults,
    private readonly counters: Counters,
  ) {
    super();
  }

  check(handshake: Handshake): void | Promise<void> {
    if (handshake.principal.id === null) return undefined;
    const scope = handshake.limitKey;
    const limit = this.options.maxConnectionsPerUser;
    return decideOn(
      () => this.counters.stores.ask('directory', () => this.directory.acquire(scope, limit)),
      (isFree) => {
        if (!isFree) throw this.full(handshake);
        handshake.hold(releaseOf(this.directory, scope, this.faults));
      },
    );
  }

  private full({ request }: Handshake): HandshakeRefusal {
    const { maxConnectionsPerUser: limit, resume } = this.options;
    const details = { cap: 'user', limit };
    const refusal = new HandshakeRefusal('CONNECTION_LIMIT', retrySoon(), { details });
    // Its own old line, which it may have lost, is counted until a heartbeat finds it dead. It should come back.
    if (resume && resumeOfferOf(request)) refusal.closeCode = CloseCode.TRY_AGAIN_LATER;
    return refusal;
  }
}
