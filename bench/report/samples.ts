import { median } from './statistics.js';

export interface Sample {
  readonly scenario: string;
  /** What was varied, for example the number of connections. */
  readonly variant: string;
  readonly peer: string;
  readonly round: number;
  readonly values: Readonly<Record<string, number>>;
}

/** Everything that was measured, by scenario, variant, peer and round. */
export class Samples {
  readonly all: Sample[] = [];

  add(sample: Sample): void {
    this.all.push(sample);
  }

  variants(scenario: string): string[] {
    return [...new Set(this.of(scenario).map(({ variant }) => variant))];
  }

  peers(scenario: string): string[] {
    return [...new Set(this.of(scenario).map(({ peer }) => peer))];
  }

  /** The median over the rounds; undefined when nothing was measured. */
  median(scenario: string, variant: string, peer: string, metric: string): number | undefined {
    return median([...this.byRound(scenario, variant, peer, metric).values()]);
  }

  /** The median of what two peers relate to each other in the same round, when the machine was the same for both. */
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
