// Writes the figures of `npm run bench -- --scenario=cluster` into docs/cluster.md, from the results that it left.
import { readFileSync, writeFileSync } from 'node:fs';
import process from 'node:process';
import { format, resolveConfig } from 'prettier';

const PAGE = 'docs/cluster.md';
const [START, END] = ['<!-- figures -->', '<!-- end of figures -->'];

const results = JSON.parse(readFileSync(process.argv[2] ?? 'bench/results.json', 'utf8'));
const { readings, date, machine, notes } = results;
if (readings.length === 0) throw new Error('the results are not those of --scenario=cluster');

const number = (value, digits) =>
  value === null
    ? '–'
    : value.toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits });

const RELATIONS = {
  '<': (value, goal) => value < goal,
  '≤': (value, goal) => value <= goal,
  '≥': (value, goal) => value >= goal,
  '=': (value, goal) => value === goal,
};

const rowOf = ({ what, value, digits, unit, reach }) => {
  const measured = `${number(value, digits)} ${unit}`.trim();
  if (!reach) return `| ${what} | ${measured} | | |`;
  const isMet = value !== null && RELATIONS[reach[0]](value, reach[1]);
  return `| ${what} | ${measured} | ${reach.join(' ')} | ${isMet ? 'met' : 'not met'} |`;
};

const text = [
  START,
  '',
  `${date.slice(0, 10)}, Node ${machine.node.slice(1)}, ${machine.cpu}, ${machine.cores} cores. Load of the machine before the run: ${machine.loadBefore.toFixed(1)}.`,
  '',
  '| | measured | goal | |',
  '| --- | --- | --- | --- |',
  ...readings.map(rowOf),
  '',
  ...(notes.length > 0 ? ['Notes of this run:', '', ...notes.map((note) => `- ${note}`), ''] : []),
  END,
].join('\n');

const page = readFileSync(PAGE, 'utf8');
const [before, rest] = page.split(START);
if (!rest?.includes(END)) throw new Error(`${PAGE} has no place for the figures`);
const filled = `${before}${text}${rest.slice(rest.indexOf(END) + END.length)}`;
writeFileSync(PAGE, await format(filled, { ...(await resolveConfig(PAGE)), filepath: PAGE }));
