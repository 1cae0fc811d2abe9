import { median } from './statistics.js';

export type Transport = 'plain' | 'tls';

export interface Sample {
  readonly scenario: string;
  /** The varied parameter, for example the number of connections. */
  readonly variant: string;
  readonly peer: string;
  readonly round: number;
  readonly values: Readonly<Record<string, number>>;
}

/** All measurements of one transport, by scenario, variant, peer and round. */
export class Samples {
  readonly all: (Sample & { readonly transport: Transport })[] = [];

  constructor(readonly transport: Transport) {}

  add(sample: Sample): void {
    this.all.push({ transport: this.transport, ...sample });
  }

  variants(scenario: string): string[] {
    return [...new Set(this.of(scenario).map(({ variant }) => variant))];
  }

  peers(scenario: string): string[] {
    return [...new Set(this.of(scenario).map(({ peer }) => peer))];
  }

  /** The median over the rounds, or undefined without measurements. */
  median(scenario: string, variant: string, peer: string, metric: string): number | undefined {
    return median([...this.byRound(scenario, variant, peer, metric).values()]);
  }

  /** The median ratio of two peers. Ratios are taken per round, when the machine was in the same state for both. */
  ratio(
    scenario: string,
    variant: string,
    [peer, other]: readonly [string, string],
    metric: string,
  ): number | undefined {
    const others = this.byRound(scenario, variant, other, metric);
    const ratios = [...this.byRound(scenario, variant, peer, metric)].flatMap(([round, value]) => {
      const against = others.get(round);
      return against ? [value / against] : [];
    });
    return median(ratios);
  }

  private of(scenario: string): Sample[] {
    return this.all.filter((sample) => sample.scenario === scenario);
  }

  private byRound(scenario: string, variant: string, peer: string, metric: string): Map<number, number> {
    return new Map(
      this.of(scenario)
        .filter((sample) => sample.variant === variant && sample.peer === peer)
        .flatMap(({ round, values }) => {
          const value = values[metric];
          return value === undefined ? [] : [[round, value] as const];
        }),
    );
  }
}
