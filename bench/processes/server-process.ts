import type { Memory } from '../servers/measured.js';
import { Child, type ChildOptions } from './child.js';
import { cpuTimeOf } from './cpu-time.js';

/** A server that is being measured, and what can be asked about it. */
export class ServerProcess {
  private constructor(
    private readonly child: Child,
    readonly port: number,
    private readonly isNode: boolean,
  ) {}

  static async fork(name: string, module: URL, options: ChildOptions): Promise<ServerProcess> {
    const [child, { port }] = await Child.fork<{ port: number }>(name, module, options);
    return new ServerProcess(child, port, true);
  }

  static async spawn(
    name: string,
    command: string,
    args: readonly string[],
    options: ChildOptions,
  ): Promise<ServerProcess> {
    const [child, { port }] = await Child.spawn<{ port: number }>(name, command, args, options);
    return new ServerProcess(child, port, false);
  }

  /** Microseconds of CPU used so far, by all threads of the process. */
  cpu(): Promise<number> {
    return this.isNode ? this.child.request('cpu') : Promise.resolve(cpuTimeOf(this.child.pid));
  }

  /** Bytes, after garbage collection when the process was started with `--expose-gc`. */
  memory(): Promise<Memory> {
    return this.child.request('memory');
  }

  /** @param together how many in one turn of the event loop */
  broadcast(times: number, together: number, data: unknown): Promise<void> {
    return this.child.request('broadcast', { times, together, data });
  }

  stop(): Promise<void> {
    return this.child.stop();
  }
}
