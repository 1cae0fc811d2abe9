import type { Order } from './arguments.js';
import { LoadGenerator } from './load/load-generator.js';
import { PEERS } from './peers/catalogue.js';
import { certificateFiles, TICKET_KEYS } from './processes/certificate.js';
import { assertProtected } from './protections/assert-protected.js';
import type { Samples } from './report/samples.js';
import { scenarioTable } from './report/table.js';
import { SCENARIOS } from './scenarios/catalogue.js';
import type { Bench, RunningPeer } from './scenarios/scenario.js';

interface Pass extends Pick<Bench, 'samples' | 'readings' | 'note'> {
  readonly order: Order;
}

/**
 * Starts the servers, with or without TLS, measures, and checks their protections before and after.
 *
 * @returns the names of the servers that have protections
 */
export async function measurePass({ order, samples, readings, note }: Pass): Promise<string[]> {
  const { scale, parts } = order;
  const scenarios = order.scenarios.filter((name) => isMeasured(name, order, samples));
  const isComparing = scenarios.some((name) => !SCENARIOS[name]?.isAlone);
  const tls = samples.transport === 'tls' ? await certificateFiles() : undefined;
  const keys = tls && scale.sharesServers ? TICKET_KEYS : undefined;
  // A scenario that compares nothing has the machine to itself.
  const concerned = order.peers.filter((name) => isConcerned(name, scenarios));
  const names = isComparing ? available(concerned, samples.transport !== order.transports[0], note) : [];
  const [load, attacker] = [new LoadGenerator('clients'), new LoadGenerator('attacker')];
  const [peers] = await Promise.all([
    Promise.all(names.map((name) => start(name, order.profile, { ...tls, ...keys }))),
    ...[load, attacker].slice(0, generatorsFor(scenarios)).map((generator) => generator.start()),
  ]);
  const bench: Bench = { scale, peers, tls, load, attacker, samples, parts, readings, note };
  await assertAll(peers);
  for (const name of scenarios) {
    const scenario = SCENARIOS[name];
    if (!scenario) continue;
    await scenario.run(bench);
    if (!scenario.isAlone) console.log(`${scenarioTable(samples, name, scenario.title)}\n`);
  }
  await assertAll(peers);
  await Promise.all([load.stop(), attacker.stop(), ...peers.map(({ server }) => server.stop())]);
  return peers.filter(({ peer }) => peer.protection).map(({ name }) => name);
}

/** Scenarios that compare nothing run once. */
function isMeasured(name: string, { transports }: Order, { transport }: Samples): boolean {
  const { isAlone, isPlain } = SCENARIOS[name] ?? {};
  return transport === transports[0] || !(isAlone || isPlain);
}

function generatorsFor(scenarios: readonly string[]): number {
  return Math.max(0, ...scenarios.map((name) => SCENARIOS[name]?.generators ?? 2));
}

function isConcerned(name: string, scenarios: readonly string[]): boolean {
  const peer = PEERS[name];
  return peer !== undefined && scenarios.some((scenario) => SCENARIOS[scenario]?.concerns?.(peer) ?? true);
}

function available(peers: readonly string[], isBrief: boolean, note: Bench['note']): string[] {
  return peers.filter((name) => {
    if (isBrief && !PEERS[name]?.overTls) return false;
    const reason = PEERS[name]?.unavailable?.();
    if (reason !== undefined) {
      console.warn(`SKIPPED: ${name} ${reason}.\n`);
      note(`${name} was skipped: ${reason}`);
    }
    return reason === undefined;
  });
}

async function start(
  name: string,
  profile: string | undefined,
  env: Readonly<Record<string, string>>,
): Promise<RunningPeer> {
  const peer = PEERS[name];
  if (!peer) throw new Error(`there is no peer ${name}`);
  const execArgv = profile === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${profile}/${name}`];
  return { name, peer, server: await peer.start({ execArgv, env }) };
}

async function assertAll(peers: readonly RunningPeer[]): Promise<void> {
  for (const { name, peer, server } of peers) await assertProtected(name, peer, server.target);
}
