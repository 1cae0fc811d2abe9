import type { Accepted, PushOrder, PushResult, Told } from '../servers/node.js';
import { Child } from './child.js';

const NODE = new URL('../servers/node.js', import.meta.url);

/** A node of an application: a process with the module, and what can be asked of it. */
export class NodeProcess {
  private constructor(
    private readonly child: Child,
    readonly port: number,
  ) {}

  static async start(name: string, env: Readonly<Record<string, string>>): Promise<NodeProcess> {
    const [child, { port }] = await Child.fork<{ port: number }>(name, NODE, { env });
    return new NodeProcess(child, port);
  }

  /** CPU microseconds so far. */
  cpu(): Promise<number> {
    return this.child.request('cpu');
  }

  /** Resident bytes, without garbage collection. */
  resident(): Promise<number> {
    return this.child.request('resident');
  }

  /** The accepted hits by key, since the last time. The node has to be started with `BENCH_WATCH=true`. */
  accepted(): Promise<Record<string, Accepted[]>> {
    return this.child.request('accepted');
  }

  /** Pushes to the room. Resolves when every push was stored or has failed. */
  push(order: PushOrder): Promise<PushResult> {
    return this.child.request('push', order);
  }

  /** Makes one push to the room, and waits for nothing. */
  pushOnce(): Promise<void> {
    return this.child.request('pushOnce');
  }

  /** Revokes a user. @returns the monotonic time at which it was called */
  revoke(user: string): Promise<number> {
    return this.child.request('revoke', user);
  }

  /** The events about Redis so far. */
  told(): Promise<Told[]> {
    return this.child.request('told');
  }

  stop(): Promise<void> {
    return this.child.stop();
  }
}
