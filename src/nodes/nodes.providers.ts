import type { Provider } from '@nestjs/common';
import { BroadcastBus, LocalBroadcastBus } from './broadcast-bus.js';
import { ClusterSignals, MemoryClusterSignals } from './cluster-signals.js';
import { ConnectionDirectory, MemoryConnectionDirectory } from './connection-directory.js';
import { NodeIdentity } from './node-identity.js';

/** What several nodes may share, here for one. */
export const NODE_PROVIDERS: Provider[] = [
  NodeIdentity,
  { provide: BroadcastBus, useClass: LocalBroadcastBus },
  { provide: ClusterSignals, useClass: MemoryClusterSignals },
  { provide: ConnectionDirectory, useClass: MemoryConnectionDirectory },
];
