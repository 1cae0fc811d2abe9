import type { Target } from '../load/target.js';
import type { Memory } from '../servers/measured.js';
import { Child, type ChildOptions } from './child.js';
import { cpuTimeOf } from './cpu-time.js';

/** A measured server and its measurements. */
export class ServerProcess {
  private constructor(
    private readonly child: Child,
    readonly port: number,
    private readonly isNode: boolean,
    private readonly tls: boolean,
  ) {}

  private static of(child: Child, port: number, isNode: boolean, { env }: ChildOptions): ServerProcess {
    return new ServerProcess(child, port, isNode, env?.['WS_TLS_CERT_FILE'] !== undefined);
  }

  static async fork(name: string, module: URL, options: ChildOptions): Promise<ServerProcess> {
    const [child, { port }] = await Child.fork<{ port: number }>(name, module, options);
    return ServerProcess.of(child, port, true, options);
  }

  static async spawn(
    name: string,
    command: string,
    args: readonly string[],
    options: ChildOptions,
  ): Promise<ServerProcess> {
    const [child, { port }] = await Child.spawn<{ port: number }>(name, command, args, options);
    return ServerProcess.of(child, port, false, options);
  }

  /** Where clients reach it. */
  get target(): Target {
    return { port: this.port, tls: this.tls };
  }

  /** CPU microseconds so far, of all threads of the process. */
  cpu(): Promise<number> {
    return this.isNode ? this.child.request('cpu') : Promise.resolve(cpuTimeOf(this.child.pid));
  }

  /** Memory in bytes, after garbage collection. */
  memory(): Promise<Memory> {
    return this.child.request('memory');
  }

  /** @param together broadcasts per turn of the event loop */
  broadcast(times: number, together: number, data: unknown): Promise<void> {
    return this.child.request('broadcast', { times, together, data });
  }

  /** Shuts the application down, as a signal does. Only for the module. */
  drain(): Promise<void> {
    return this.child.request('drain');
  }

  stop(): Promise<void> {
    return this.child.stop();
  }
}
