/** What was done to whom. */
export type FaultKind = 'frozen' | 'lost' | 'rolled-back' | 'cut' | 'slow' | 'suspended' | 'ended';

export interface Fault {
  readonly kind: FaultKind;
  /** The node it was done to; Redis itself without one. */
  readonly node?: number;
  readonly from: number;
  /** `Infinity` while it lasts. */
  to: number;
}

const MERGE_MS = 3000;

/** All faults of a run, by the monotonic clock. */
export class FaultLog {
  readonly faults: Fault[] = [];

  /** @returns what ends it */
  begin(kind: FaultKind, node?: number): () => void {
    const fault: Fault = { kind, from: performance.now(), to: Infinity, ...(node !== undefined && { node }) };
    this.faults.push(fault);
    return () => (fault.to = performance.now());
  }

  /** Faults that touch a span of time. */
  during(from: number, to: number, fits: (fault: Fault) => boolean = () => true): Fault[] {
    return this.faults.filter((fault) => fault.from <= to && fault.to >= from && fits(fault));
  }

  /** When Redis lost memory. */
  losses(from: number, to: number): Fault[] {
    return this.during(from, to, ({ kind }) => kind === 'lost' || kind === 'rolled-back');
  }

  /** Whether a node may have been silent for so long that others count it as dead, at some time of the span. */
  wasSilent(node: number, from: number, to: number, silenceMs: number): boolean {
    const concerned = this.faults
      .filter((fault) => fault.node === node || fault.node === undefined)
      .toSorted((one, other) => one.from - other.from);
    let start = -Infinity;
    let end = -Infinity;
    let isOwn = false;
    const found = (): boolean => isOwn && end - start >= silenceMs && start <= to && end + MERGE_MS >= from;
    for (const fault of concerned) {
      if (fault.from > end + MERGE_MS) {
        if (found()) return true;
        [start, end, isOwn] = [fault.from, fault.from, false];
      }
      end = Math.max(end, Math.min(fault.to, performance.now()));
      isOwn ||= fault.node === node;
    }
    return found();
  }
}

export function textOf({ kind, node, from, to }: Fault): string {
  const whom = node === undefined ? 'Redis' : `node ${node}`;
  return `${whom} ${kind} ${from.toFixed(0)}–${to.toFixed(0)} ms`;
}
