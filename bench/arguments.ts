import { parseArgs } from 'node:util';
import { PEERS } from './peers/catalogue.js';
import type { Transport } from './report/samples.js';
import { FULL, QUICK, type Scale, SMOKE } from './scale.js';
import { SCENARIOS } from './scenarios/catalogue.js';
import { CLUSTER_PARTS } from './scenarios/cluster/parts.js';

/** The scenarios that compare servers. */
const COMPARING = Object.keys(SCENARIOS).filter((name) => !SCENARIOS[name]?.isAlone);

export interface Order {
  readonly scale: Scale;
  readonly scenarios: readonly string[];
  readonly peers: readonly string[];
  /** Without TLS, over it, or one after the other. Then less is measured over TLS, to save time. */
  readonly transports: readonly Transport[];
  /** The parts of the scenario `cluster`. */
  readonly parts: readonly string[];
  /** The file for the results. */
  readonly out: string;
  /** A folder for CPU profiles of the servers. */
  readonly profile: string | undefined;
}

export const USAGE = `npm run bench -- [options]
  --quick              one round, to see that it runs; the figures are rough
  --smoke              a few hundred messages
  --scenario=a,b       ${Object.keys(SCENARIOS).join(', ')}; without it all but metrics and cluster
  --only=a,b           parts of cluster: ${Object.keys(CLUSTER_PARTS).join(', ')}
  --peers=a,b          ${Object.keys(PEERS).join(', ')}
  --plain, --tls       without TLS or over it, or both: then over TLS with fewer servers. Without any choice both
  --rounds=N           1 to 50
  --out=FILE           results as JSON, bench/results.json
  --profile=FOLDER     CPU profiles of the servers`;

/** @throws Error with the problem, for an invalid command line */
export function parseOrder(argv: readonly string[]): Order {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      quick: { type: 'boolean', default: false },
      smoke: { type: 'boolean', default: false },
      scenario: { type: 'string' },
      only: { type: 'string' },
      peers: { type: 'string' },
      plain: { type: 'boolean', default: false },
      tls: { type: 'boolean', default: false },
      rounds: { type: 'string' },
      out: { type: 'string', default: 'bench/results.json' },
      profile: { type: 'string' },
    },
  });
  if (values.only !== undefined && !values.scenario?.split(',').includes('cluster')) {
    throw new Error('--only needs --scenario=cluster');
  }
  const isWhole = [values.scenario, values.peers].every((choice) => choice === undefined);
  const scale = values.smoke ? SMOKE : values.quick ? QUICK : FULL;
  return {
    scale: values.rounds === undefined ? scale : { ...scale, rounds: roundsOf(values.rounds) },
    scenarios: namesOf('--scenario', values.scenario, Object.keys(SCENARIOS), COMPARING),
    parts: namesOf('--only', values.only, Object.keys(CLUSTER_PARTS)),
    peers: namesOf('--peers', values.peers, Object.keys(PEERS)),
    transports: transportsOf(values.plain, values.tls, isWhole),
    out: values.out,
    profile: values.profile,
  };
}

function transportsOf(plain: boolean, tls: boolean, isWhole: boolean): readonly Transport[] {
  if (plain !== tls) return [plain ? 'plain' : 'tls'];
  return plain || isWhole ? ['plain', 'tls'] : ['plain'];
}

function roundsOf(text: string): number {
  const rounds = Number(text);
  if (!Number.isInteger(rounds) || rounds < 1 || rounds > 50) throw new Error('--rounds must be 1 to 50');
  return rounds;
}

function namesOf(
  flag: string,
  text: string | undefined,
  known: readonly string[],
  preset = known,
): readonly string[] {
  if (text === undefined) return preset;
  const names = text.split(',').filter((name) => name !== '');
  const wrong = names.filter((name) => !known.includes(name));
  if (names.length === 0 || wrong.length > 0) {
    throw new Error(`${flag}=${text}: must be of ${known.join(', ')}`);
  }
  return known.filter((name) => names.includes(name));
}
