import { Child } from '../../processes/child.js';
import type { CrowdOrder, CrowdResult } from './crowd.js';
import type { FloodOrder } from './flood.js';
import type { HonestOrder, HonestResult } from './honest.js';
import type { MembersResult } from './members.js';
import type { MoveOrder, MoveResult } from './movers.js';
import type { TrafficOrder, TrafficResult } from './traffic.js';
import type { WatchOrder } from './watched.js';
import type { UsersOrder } from './worker.js';

/** What the clients used of one core. */
interface GeneratorLoad {
  readonly generatorLoad: number;
}

/** The clients of several nodes, in a process of their own. */
export class ClusterClients {
  private constructor(private readonly child: Child) {}

  static async start(): Promise<ClusterClients> {
    const [child] = await Child.fork<object>('clients', new URL('./worker.js', import.meta.url));
    return new ClusterClients(child);
  }

  /** Opens connections, which `traffic()` uses. */
  open(order: UsersOrder): Promise<void> {
    return this.child.request('open', order);
  }

  /** Closes what `open()` and `join()` have opened. */
  close(): Promise<void> {
    return this.child.request('close');
  }

  traffic(order: TrafficOrder): Promise<TrafficResult & GeneratorLoad> {
    return this.child.request('traffic', order);
  }

  flood(order: FloodOrder): Promise<number> {
    return this.child.request('flood', order);
  }

  crowd(order: CrowdOrder): Promise<CrowdResult> {
    return this.child.request('crowd', order);
  }

  honest(order: HonestOrder): Promise<HonestResult & GeneratorLoad> {
    return this.child.request('honest', order);
  }

  isAdmitting(port: number): Promise<boolean> {
    return this.child.request('isAdmitting', port);
  }

  /** A member of the room on each port. */
  join(ports: readonly number[]): Promise<void> {
    return this.child.request('join', ports);
  }

  /** What the members got since the last time. */
  members(): Promise<MembersResult> {
    return this.child.request('members');
  }

  /** How many pushes have reached the members so far. */
  reached(): Promise<number> {
    return this.child.request('reached');
  }

  move(order: MoveOrder): Promise<MoveResult & GeneratorLoad> {
    return this.child.request('move', order);
  }

  /** Connects a user, whose end `closed()` waits for. */
  watch(order: WatchOrder): Promise<void> {
    return this.child.request('watch', order);
  }

  /** The monotonic time at which the watched connection was closed; null when it was not. */
  closed(): Promise<number | null> {
    return this.child.request('closed');
  }

  stop(): Promise<void> {
    return this.child.stop();
  }
}
