import {
  type ApplySignal,
  BanStore,
  type ClusterSignal,
  ClusterSignals,
  MemoryBanStore,
  MemoryClusterSignals,
  MemoryRevocationStore,
  MemoryTicketStore,
  type Principal,
  RevocationStore,
  TicketStore,
} from 'nestjs-ws-security';
import { ManualClock } from './manual-clock.js';
import { type AppOptions, type RunningApp, startApp } from './start-app.js';

/** Gives back what another process would read: JSON. */
class JsonTicketStore extends MemoryTicketStore {
  override take(hash: string): Principal | null | undefined {
    const principal = super.take(hash);
    return principal && (JSON.parse(JSON.stringify(principal)) as Principal);
  }
}

/** Signals that can also arrive late. */
class LateSignals extends MemoryClusterSignals {
  private readonly nodes: ApplySignal[] = [];

  override onSignal(apply: ApplySignal): void {
    this.nodes.push(apply);
    super.onSignal(apply);
  }

  /** @param sentAt epoch milliseconds @returns how many connections it reaches */
  arrive(signal: ClusterSignal, sentAt: number): number {
    return this.nodes.reduce((reached, apply) => reached + apply(signal, sentAt), 0);
  }
}

/** Two applications that share tables, tickets and signals, as two nodes of one service do. */
export class TwoNodes {
  private constructor(
    readonly clock: ManualClock,
    readonly revocations: MemoryRevocationStore,
    readonly bans: MemoryBanStore,
    readonly signals: LateSignals,
    readonly one: RunningApp,
    readonly other: RunningApp,
  ) {}

  static async start({ options, ...config }: Omit<AppOptions, 'clock' | 'overrides'>): Promise<TwoNodes> {
    const clock = new ManualClock();
    const revocations = new MemoryRevocationStore(clock);
    const bans = new MemoryBanStore(clock);
    const signals = new LateSignals();
    const overrides: AppOptions['overrides'] = [
      [RevocationStore, revocations],
      [BanStore, bans],
      [TicketStore, new JsonTicketStore(clock)],
      [ClusterSignals, signals],
    ];
    const start = () =>
      startApp({
        ...config,
        clock,
        overrides,
        options: { heartbeatIntervalMs: 86_400_000, ...options },
      });
    return new TwoNodes(clock, revocations, bans, signals, await start(), await start());
  }

  async close(): Promise<void> {
    await Promise.all([this.one.close(), this.other.close()]);
  }
}
