import { Child } from '../processes/child.js';
import type { AttackOrder, AttackResult } from './attack.js';
import type { EchoOrder, EchoResult } from './echo.js';
import type { OpenOrder } from './group.js';
import type { HandshakeOrder, HandshakeResult } from './handshakes.js';
import type { LatencyOrder, LatencyResult } from './latency.js';
import type { CrowdReturn, ReturningOrder } from './reconnect/crowd.js';
import type { BatchOrder, BatchResult } from './refused-frames.js';
import type { Target } from './target.js';

/** Thousands of TLS handshakes take long on a slow machine, and clients that are not served wait longer and longer. */
const CROWD_TIMEOUT_MS = 300_000;

export interface GeneratorLoad {
  /** Share of one core that the generator used. */
  generatorLoad: number;
  /** The same in CPU microseconds. */
  clientCpu: number;
}

/** The clients: one process with one group of connections at a time. */
export class LoadGenerator {
  private started: Child | undefined;

  constructor(private readonly name: string) {}

  async start(): Promise<void> {
    [this.started] = await Child.fork<object>(this.name, new URL('./worker.js', import.meta.url));
  }

  open(order: OpenOrder): Promise<void> {
    return this.child.request('open', order, CROWD_TIMEOUT_MS);
  }

  close(): Promise<void> {
    return this.child.request('close');
  }

  echo(order: EchoOrder): Promise<EchoResult & GeneratorLoad> {
    return this.child.request('echo', order);
  }

  batches(order: BatchOrder): Promise<BatchResult & GeneratorLoad> {
    return this.child.request('batches', order);
  }

  handshakes(order: HandshakeOrder): Promise<HandshakeResult> {
    return this.child.request('handshakes', order);
  }

  latency(order: LatencyOrder): Promise<LatencyResult> {
    return this.child.request('latency', order);
  }

  attack(order: AttackOrder): Promise<AttackResult> {
    return this.child.request('attack', order);
  }

  /** Opens clients that come back when their server sends them away. `close()` ends them too. */
  openReturning(order: ReturningOrder): Promise<void> {
    return this.child.request('openReturning', order, CROWD_TIMEOUT_MS);
  }

  /** Resolves when all of them have been sent away and are served by this server. */
  comeBack(to: Target): Promise<CrowdReturn & GeneratorLoad> {
    return this.child.request('comeBack', to, CROWD_TIMEOUT_MS);
  }

  /** Counts frames from now on. `heard()` resolves when this many have arrived. */
  listen(count: number): Promise<void> {
    return this.child.request('listen', count);
  }

  heard(): Promise<void> {
    return this.child.request('heard');
  }

  openCount(): Promise<number> {
    return this.child.request('openCount');
  }

  async stop(): Promise<void> {
    await this.started?.stop();
  }

  private get child(): Child {
    if (!this.started) throw new Error(`no scenario of this run needs ${this.name}`);
    return this.started;
  }
}
