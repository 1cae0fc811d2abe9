import { writeFileSync } from 'node:fs';
import type { Order } from './arguments.js';
import { measurePass } from './pass.js';
import { goalsOf } from './report/goals.js';
import { machine } from './report/machine.js';
import { Samples, type Transport } from './report/samples.js';
import { goalTable } from './report/table.js';
import type { Bench } from './scenarios/scenario.js';
import { SCENARIOS } from './scenarios/catalogue.js';

const BUSY = 0.5;

/** Measures without TLS and over it, and prints and writes the results. */
export async function run(order: Order): Promise<void> {
  const where = machine();
  const notes = new Set<string>();
  const note = (text: string): void => void notes.add(text);
  if (where.loadBefore > BUSY) {
    note(`the machine was not idle (load ${where.loadBefore.toFixed(2)}): the figures are rough`);
  }
  const { scale, transports } = order;
  const samples: Record<Transport, Samples> = { plain: new Samples('plain'), tls: new Samples('tls') };
  const readings: Bench['readings'] = [];
  const guarded = new Set<string>();
  const started = performance.now();
  for (const transport of transports) {
    const names = await measurePass({ order, samples: samples[transport], readings, note });
    for (const name of names) guarded.add(name);
  }

  const isComparing = order.scenarios.some((name) => !SCENARIOS[name]?.isAlone);
  const goals = isComparing && scale.judges ? goalsOf(samples.plain, samples.tls) : [];
  const seconds = (performance.now() - started) / 1000;
  if (goals.length > 0) console.log(`${goalTable(goals)}\n`);
  for (const text of notes) console.log(`Note: ${text}.`);
  if (isComparing)
    console.log(
      `Protections were on before and after, in the measured processes of ${[...guarded].join(', ') || 'nobody'}.`,
    );
  console.log(
    `${isComparing ? `${scale.rounds} rounds, ` : ''}${seconds.toFixed(0)} s, ${where.cpu}, Node ${where.node}`,
  );
  const results = {
    date: new Date().toISOString(),
    machine: where,
    scale,
    notes: [...notes],
    guarded: [...guarded],
    goals,
    readings,
    samples: [...samples.plain.all, ...samples.tls.all],
  };
  writeFileSync(order.out, `${JSON.stringify(results, null, 2)}\n`);
}
