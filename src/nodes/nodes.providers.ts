import type { Provider } from '@nestjs/common';
import { BroadcastBus, LocalBroadcastBus } from './broadcast-bus.js';
import { ClusterSignals, MemoryClusterSignals } from './cluster-signals.js';
import { ConnectionDirectory, MemoryConnectionDirectory } from './connection-directory.js';
import { NodeIdentity } from './node-identity.js';

/** State that nodes can share, here in memory. */
export const NODE_PROVIDERS: Provider[] = [
  NodeIdentity,
  { provide: BroadcastBus, useClass: LocalBroadcastBus },
  { provide: ClusterSignals, useClass: MemoryClusterSignals },
  { provide: ConnectionDirectory, useClass: MemoryConnectionDirectory },
];
