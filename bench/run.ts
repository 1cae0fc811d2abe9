import { writeFileSync } from 'node:fs';
import type { Order } from './arguments.js';
import { LoadGenerator } from './load/load-generator.js';
import { PEERS } from './peers/catalogue.js';
import { assertProtected } from './protections/assert-protected.js';
import { goalsOf } from './report/goals.js';
import { machine } from './report/machine.js';
import { Samples } from './report/samples.js';
import { goalTable, scenarioTable } from './report/table.js';
import type { Bench, RunningPeer } from './scenarios/scenario.js';
import { SCENARIOS } from './scenarios/catalogue.js';

const BUSY = 0.5;

/** Starts the servers, measures, checks their protections, and prints and writes the results. */
export async function run(order: Order): Promise<void> {
  const where = machine();
  const samples = new Samples();
  const notes = new Set<string>();
  const note = (text: string): void => void notes.add(text);
  if (where.loadBefore > BUSY) {
    note(`the machine was not idle (load ${where.loadBefore.toFixed(2)}): the figures are rough`);
  }

  // A scenario that compares nothing has the machine to itself.
  const comparing = order.scenarios.filter((name) => !SCENARIOS[name]?.isAlone);
  const names = comparing.length > 0 ? available(order, note) : [];
  const [load, attacker, ...peers] = await Promise.all([
    LoadGenerator.start('clients'),
    LoadGenerator.start('attacker'),
    ...names.map((name) => start(name, order.profile)),
  ]);
  const { scale, parts } = order;
  const readings: Bench['readings'] = [];
  const bench: Bench = { scale, peers, load, attacker, samples, parts, readings, note };
  await assertAll(peers);
  const started = performance.now();
  for (const name of order.scenarios) {
    const scenario = SCENARIOS[name];
    if (!scenario) continue;
    await scenario.run(bench);
    if (!scenario.isAlone) console.log(`${scenarioTable(samples, name, scenario.title)}\n`);
  }
  await assertAll(peers);

  const goals = comparing.length > 0 && scale.judges ? goalsOf(samples) : [];
  const seconds = (performance.now() - started) / 1000;
  if (goals.length > 0) console.log(`${goalTable(goals)}\n`);
  for (const text of notes) console.log(`Note: ${text}.`);
  const guarded = peers.filter(({ peer }) => peer.protection).map(({ name }) => name);
  if (peers.length > 0)
    console.log(
      `Protections were on before and after, in the measured processes of ${guarded.join(', ') || 'nobody'}.`,
    );
  console.log(
    `${comparing.length > 0 ? `${scale.rounds} rounds, ` : ''}${seconds.toFixed(0)} s, ${where.cpu}, Node ${where.node}`,
  );
  const results = {
    date: new Date().toISOString(),
    machine: where,
    scale,
    notes: [...notes],
    guarded,
    goals,
    readings,
  };
  writeFileSync(order.out, `${JSON.stringify({ ...results, samples: samples.all }, null, 2)}\n`);
}

function available(order: Order, note: Bench['note']): string[] {
  return order.peers.filter((name) => {
    const reason = PEERS[name]?.unavailable?.();
    if (reason !== undefined) {
      console.warn(`SKIPPED: ${name} ${reason}.\n`);
      note(`${name} was skipped: ${reason}`);
    }
    return reason === undefined;
  });
}

async function start(name: string, profile: string | undefined): Promise<RunningPeer> {
  const peer = PEERS[name];
  if (!peer) throw new Error(`there is no peer ${name}`);
  const execArgv = profile === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${profile}/${name}`];
  return { name, peer, server: await peer.start(execArgv) };
}

async function assertAll(peers: readonly RunningPeer[]): Promise<void> {
  for (const { name, peer, server } of peers) await assertProtected(name, peer, server.port);
}
