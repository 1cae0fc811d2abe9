import { Injectable } from '@nestjs/common';
import { Counters } from '../../counters/counters.js';
import { ConnectionDirectory, MemoryConnectionDirectory } from '../../nodes/connection-directory.js';
import { Faults } from '../../faults/faults.js';
import { HandshakeRefusal } from '../../errors/handshake.refusal.js';
import type { ResolvedOptions } from '../../options/options.schema.js';
import { InjectSecurityOptions } from '../../options/options.token.js';
import type { HandshakeCode } from '../../protocol/handshake-code.js';
import { decideOn } from '../decide-on.js';
import type { Handshake } from '../handshake.js';
import { HandshakeStep } from '../handshake-step.js';
import { releaseOf } from '../../nodes/place.js';
import { retrySoon } from '../retry-after.js';

/**
 * Limits the connections of this node and per address. Counts before any slow step, so that simultaneous attempts
 * cannot exceed the limits. Clients without a credential are counted separately and cannot use up the limit of the
 * others.
 */
@Injectable()
export class ConnectionCapStep extends HandshakeStep {
  private readonly node = new MemoryConnectionDirectory();
  private readonly releaseNode = (): void => this.node.release('node');

  constructor(
    @InjectSecurityOptions() private readonly options: ResolvedOptions,
    private readonly directory: ConnectionDirectory,
    private readonly faults: Faults,
    private readonly counters: Counters,
  ) {
    super();
  }

  check(handshake: Handshake): void | Promise<void> {
    const { maxConnections, maxConnectionsPerAddress } = this.options;
    if (!this.node.acquire('node', maxConnections)) throw full('OVERLOADED', 'node', maxConnections);
    handshake.hold(this.releaseNode);
    const scope = `${this.kindOf(handshake)}:${handshake.address}`;
    return decideOn(
      () =>
        this.counters.stores.ask('directory', () => this.directory.acquire(scope, maxConnectionsPerAddress)),
      (isFree) => {
        if (!isFree) throw full('CONNECTION_LIMIT', 'address', maxConnectionsPerAddress);
        handshake.hold(releaseOf(this.directory, scope, this.faults));
      },
    );
  }

  private kindOf({ credentials, certificate }: Handshake): string {
    return certificate || credentials.length > 0 ? 'address' : 'anonymous';
  }
}

function full(code: HandshakeCode, cap: 'node' | 'address', limit: number): HandshakeRefusal {
  return new HandshakeRefusal(code, retrySoon(), { details: { cap, limit } });
}
