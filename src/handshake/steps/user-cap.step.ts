import { Injectable } from '@nestjs/common';
import { Counters } from '../../counters/counters.js';
import { ConnectionDirectory } from '../../nodes/connection-directory.js';
import { ResumableSessions } from '../../connection/resume/resumable-sessions.js';
import type { ServedConnection } from '../../connection/served-connection.js';
import { Faults } from '../../faults/faults.js';
import { releaseAll } from '../../faults/release-all.js';
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
    private readonly sessions: ResumableSessions,
  ) {
    super();
  }

  check(handshake: Handshake): void | Promise<void> {
    return handshake.principal.id === null ? undefined : this.take(handshake, true);
  }

  private take(handshake: Handshake, mayReplace: boolean): void | Promise<void> {
    const scope = handshake.limitKey;
    const limit = this.options.maxConnectionsPerUser;
    return decideOn(
      () => this.counters.stores.ask('directory', () => this.directory.acquire(scope, limit)),
      (isFree) => {
        if (isFree) return handshake.hold(releaseOf(this.directory, scope, this.faults));
        const line = mayReplace ? this.lineOf(handshake) : undefined;
        if (!line) throw this.full(handshake);
        // A session has one line: the one before is cut when the client resumes. At the cap its place is needed now.
        releaseAll(line.takeHeld(), this.faults);
        line.terminate();
        return this.take(handshake, false);
      },
    );
  }

  /** The line that a client says it has lost, and does not need any more. */
  private lineOf({ request, limitKey, endpoint }: Handshake): ServedConnection | undefined {
    const offer = this.options.resume ? resumeOfferOf(request) : undefined;
    const line = offer && endpoint && this.sessions.lineOf(offer.token, limitKey, endpoint.path);
    return line?.isOpen ? line : undefined;
  }

  private full({ request }: Handshake): HandshakeRefusal {
    const { maxConnectionsPerUser: limit, resume } = this.options;
    const details = { cap: 'user', limit };
    const refusal = new HandshakeRefusal('CONNECTION_LIMIT', retrySoon(), { details });
    // Its old line on another node is counted until a heartbeat finds it dead. The client should come back.
    if (resume && resumeOfferOf(request)) refusal.closeCode = CloseCode.TRY_AGAIN_LATER;
    return refusal;
  }
}
