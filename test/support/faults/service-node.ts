import { hasProc, residentMb } from '../resident-memory.js';
import { Service } from '../service.js';
import { TcpRelay } from '../tcp-relay.js';

export interface ToldEvent {
  readonly type: string;
  readonly at: number;
  readonly stream?: string;
}

/** A process of the reference service, and its way to Redis. It can be started again, as another node then. */
export class ServiceNode {
  /** What it told its operator, in all of its lives. */
  readonly told: ToldEvent[] = [];
  /** What it wrote to the standard error, and other things that no process should do. */
  readonly faults: string[] = [];
  /** When its lives began, and were told to end. */
  readonly starts: number[] = [];
  readonly ends: number[] = [];
  private service: (Service & { url: string }) | undefined;
  private rest = '';

  private constructor(
    readonly index: number,
    readonly relay: TcpRelay,
    private readonly env: NodeJS.ProcessEnv,
  ) {}

  static async start(index: number, redisPort: number, env: NodeJS.ProcessEnv): Promise<ServiceNode> {
    const relay = await TcpRelay.start(redisPort);
    const node = new ServiceNode(index, relay, { ...env, WS_REDIS_URL: `redis://127.0.0.1:${relay.port}` });
    await node.start();
    return node;
  }

  /** Undefined while there is no process. */
  get url(): string | undefined {
    return this.service?.url;
  }

  get pid(): number | undefined {
    return this.service?.process.pid;
  }

  /** Memory of the process in MB; 0 while there is none, or where there is no /proc. */
  get residentMb(): number {
    return this.service && hasProc ? residentMb(this.service) : 0;
  }

  async start(): Promise<void> {
    const service = await Service.start(this.env);
    this.rest = '';
    this.listen(service);
    service.process.stdout?.on('data', () => this.listen(service));
    void this.watch(service);
    this.starts.push(performance.now());
    this.service = service;
  }

  /** Ends the process at once. */
  async kill(): Promise<void> {
    const ended = this.leave();
    ended?.process.kill('SIGKILL');
    await ended?.exited;
  }

  /** Ends it as a deployment does. */
  async stop(): Promise<void> {
    const ended = this.leave();
    if (!ended) return;
    const { code } = await ended.stop();
    if (code !== 0) this.faults.push(`stopped with ${code}`);
  }

  /** All work of the process stands still; its connections stay open. */
  suspend(): void {
    this.service?.process.kill('SIGSTOP');
  }

  wake(): void {
    this.service?.process.kill('SIGCONT');
  }

  private async watch(service: Service): Promise<void> {
    const { code, signal } = await service.exited;
    if (this.service === service) this.faults.push(`ended by itself with ${code ?? signal}`);
    this.faults.push(...mistakesIn(service.stderr));
  }

  private leave(): Service | undefined {
    const { service } = this;
    this.service = undefined;
    if (service) this.ends.push(performance.now());
    return service;
  }

  private listen(service: Service): void {
    const lines = (this.rest + service.stdout).split('\n');
    service.stdout = '';
    this.rest = lines.pop() as string;
    for (const line of lines) {
      if (!line.startsWith('{')) continue;
      const { type, stream } = JSON.parse(line) as { type: string; stream?: string };
      if (type.startsWith('cluster.'))
        this.told.push({ type, at: performance.now(), ...(stream !== undefined && { stream }) });
    }
  }
}

/** What was written to the standard error, but for outages of Redis, which are no mistakes. */
function mistakesIn(text: string): string[] {
  const entries = text.split(/(?=^.*\[Nest\])/m).filter((entry) => entry.trim() !== '');
  return entries
    .filter((entry) => !/Redis is (away|not available)|RedisUnavailableError/.test(entry))
    .map((entry) => entry.slice(0, 1000));
}
