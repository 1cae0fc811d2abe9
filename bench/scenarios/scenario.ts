import type { LoadGenerator } from '../load/load-generator.js';
import type { CertificateFiles } from '../processes/certificate.js';
import type { Peer } from '../peers/peer.js';
import type { ServerProcess } from '../processes/server-process.js';
import type { Samples } from '../report/samples.js';
import type { Scale } from '../scale.js';
import type { Reading } from './cluster/part.js';

export interface RunningPeer {
  readonly name: string;
  readonly peer: Peer;
  readonly server: ServerProcess;
}

export interface Bench {
  readonly scale: Scale;
  /** The servers that stay up for the whole run. */
  readonly peers: readonly RunningPeer[];
  /** The certificate of all servers if they expect TLS. */
  readonly tls: CertificateFiles | undefined;
  readonly load: LoadGenerator;
  readonly attacker: LoadGenerator;
  readonly samples: Samples;
  /** The parts of the scenario `cluster` that are measured. */
  readonly parts: readonly string[];
  /** The figures of this scenario. */
  readonly readings: (Reading & { readonly part: string })[];
  /** Adds a remark for the reader of the figures. Repeated remarks are dropped. */
  readonly note: (text: string) => void;
}

export interface Scenario {
  readonly title: string;
  /** Whether it compares no servers, and runs only when it is named. */
  readonly isAlone?: boolean;
  /** Whether it measures such a server. Missing: it may measure each. */
  concerns?(peer: Peer): boolean;
  /** How many of the load generators it needs. Missing: both may be needed. */
  readonly generators?: number;
  /** Whether a run with and without TLS measures it only without. */
  readonly isPlain?: boolean;
  run(bench: Bench): Promise<void>;
}

/** Measures all peers in every round, starting with another one each time, so that other load affects all. */
export async function interleaved<T>(
  peers: readonly T[],
  rounds: number,
  measure: (peer: T, round: number) => Promise<void>,
): Promise<void> {
  for (let round = 0; round < rounds; round++) {
    const first = round % Math.max(1, peers.length);
    for (const peer of [...peers.slice(first), ...peers.slice(0, first)]) await measure(peer, round);
  }
}
