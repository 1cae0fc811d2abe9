import { Injectable, type OnModuleInit } from '@nestjs/common';
import { type ClusterSignal, ClusterSignals } from '../nodes/cluster-signals.js';
import { CloseCode } from '../protocol/close-code.enum.js';
import type { Connection } from './connection.js';
import { ConnectionLifecycleService } from './connection-lifecycle.service.js';
import { ConnectionRegistry } from './connection-registry.js';

const KNOWN: ReadonlySet<string> = new Set<ClusterSignal['type']>(['kick', 'rights']);

/** Applies signals of any node to the connections of this node. */
@Injectable()
export class SignalReceiver implements OnModuleInit {
  constructor(
    private readonly signals: ClusterSignals,
    private readonly registry: ConnectionRegistry,
    private readonly lifecycle: ConnectionLifecycleService,
  ) {}

  onModuleInit(): void {
    this.signals.onSignal((signal, before) => this.apply(signal, before));
  }

  private apply(signal: ClusterSignal, before: number): number {
    // A node with another version may know signals that this one does not.
    if (!KNOWN.has(signal.type)) return 0;
    const connections = this.registry
      .ofUser(signal.id, signal.issuer)
      .filter(({ isOpen, openedAt }) => isOpen && openedAt <= before);
    for (const connection of connections) this.applyTo(connection, signal);
    return connections.length;
  }

  private applyTo(connection: Connection, signal: ClusterSignal): void {
    if (signal.type === 'kick') {
      connection.close(CloseCode.FORBIDDEN, signal.reason ?? 'kicked');
      return;
    }
    const { roles, scopes } = signal;
    this.lifecycle.identified(connection, { ...connection.principal, roles, scopes });
  }
}
