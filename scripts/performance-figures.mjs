// Writes the figures of `npm run bench` into docs/performance.md and the README, from the results that it left.
// Several files are several runs, or runs of different scenarios. A table is left alone if no file has its figures.
import { readFileSync, writeFileSync } from 'node:fs';
import process from 'node:process';
import { format, resolveConfig } from 'prettier';

const COLUMNS = {
  ws: '`ws`',
  nest: 'Nest, no protection',
  'recipe-connection': "Nest's recipe",
  secured: '`secured`',
};
const US = 'secured';
const END = '<!-- end of figures -->';

const files = process.argv.slice(2);
const runs = (files.length > 0 ? files : ['bench/results.json']).map((file) =>
  JSON.parse(readFileSync(file, 'utf8')),
);
const samples = runs.flatMap((run) => run.samples);

function median(values) {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

const of = (transport, scenario, variant, peer = undefined) =>
  samples.filter(
    (sample) =>
      sample.transport === transport &&
      sample.scenario === scenario &&
      (variant === undefined || sample.variant === variant) &&
      (peer === undefined || sample.peer === peer),
  );

const variantsOf = (transport, scenario) => [
  ...new Set(of(transport, scenario).map(({ variant }) => variant)),
];

/** The median over all rounds of all runs, as text; empty without samples. */
function figure(transport, scenario, variant, peer, metric, digits = 0) {
  const values = of(transport, scenario, variant, peer)
    .map((sample) => sample.values[metric])
    .filter((value) => typeof value === 'number');
  if (values.length === 0) return '';
  return median(values).toLocaleString('en', {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  });
}

function table(head, rows) {
  if (rows.length === 0) return undefined;
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

/** How busy the clients were, at most, of one core. */
function loadOfClients(transport, scenario, variant) {
  const loads = Object.keys(COLUMNS).map((peer) =>
    Number(figure(transport, scenario, variant, peer, 'generatorLoad', 2)),
  );
  return Math.max(...loads).toFixed(2);
}

function perPeer(transport, scenario, title, cellOf) {
  const rows = variantsOf(transport, scenario).map((variant) => [
    variant,
    ...Object.keys(COLUMNS).map((peer) => cellOf(variant, peer)),
    loadOfClients(transport, scenario, variant),
  ]);
  return table([title, ...Object.values(COLUMNS), 'load of clients'], rows);
}

function echo(transport) {
  return perPeer(transport, 'echo', 'echo', (variant, peer) => {
    const [rate, cpu] = [
      figure(transport, 'echo', variant, peer, 'perSecond'),
      figure(transport, 'echo', variant, peer, 'cpuUs', 1),
    ];
    return rate && `${rate} · ${cpu}`;
  });
}

function handshakes(transport) {
  return perPeer(transport, 'handshakes', 'CPU µs each', (variant, peer) =>
    figure(transport, 'handshakes', variant, peer, 'cpuUs'),
  );
}

function reconnect() {
  const rows = ['plain', 'tls'].flatMap((transport) =>
    variantsOf(transport, 'reconnect').map((variant) => {
      const cell = (metric, digits) => figure(transport, 'reconnect', variant, US, metric, digits);
      return [
        transport === 'tls' ? variant : `${variant}, without TLS`,
        `${cell('allMs')} ms`,
        `${cell('beyondMs')} ms`,
        cell('failures'),
        `${cell('cpuUs')} µs`,
        `${cell('clientUs')} µs`,
        `${cell('p99Before', 1)} ms, ${cell('p99', 1)} ms`,
      ];
    }),
  );
  const head = [
    '',
    'all served',
    'beyond the jitter',
    'failed attempts',
    'CPU each',
    'of clients',
    'p99 of others, before and meanwhile',
  ];
  return table(head, rows);
}

/** Memory, broadcasts and refused frames. */
function rest(transport) {
  const kinds = [
    ['memory', 'rssKb', 1, 'KB'],
    ['broadcast', 'perCpuSecond', 0, 'deliveries per CPU second'],
    ['refused', 'refusedUs', 2, 'CPU µs per refused frame'],
  ];
  const rows = kinds.flatMap(([scenario, metric, digits, unit]) =>
    variantsOf(transport, scenario).map((variant) => [
      `${variant}: ${unit}`,
      ...Object.keys(COLUMNS).map((peer) => figure(transport, scenario, variant, peer, metric, digits)),
    ]),
  );
  return table(['', ...Object.values(COLUMNS)], rows);
}

/** Each goal with the values of all runs that measured it. */
function goals() {
  const rows = new Map();
  for (const { what, value, goal, better } of runs.flatMap((run) => run.goals)) {
    if (typeof value !== 'number') continue;
    const row = rows.get(what) ?? { what, values: [], sign: better === 'more' ? '≥' : '≤', goal };
    row.values.push(value);
    rows.set(what, row);
  }
  const isMet = ({ values, sign, goal }) =>
    values.every((value) => (sign === '≥' ? value >= goal : value <= goal));
  return table(
    ['', 'measured', 'goal', ''],
    [...rows.values()].map((row) => [
      row.what,
      row.values.map((value) => value.toFixed(2)).join(', '),
      `${row.sign} ${row.goal}`,
      isMet(row) ? 'met' : 'not met',
    ]),
  );
}

function readme() {
  const inTurn = '100 connections, one message at a time';
  const window = '100 connections, window 8';
  const [fresh, known] = variantsOf('plain', 'handshakes');
  const [idle] = variantsOf('plain', 'memory');
  if (!fresh || !idle || of('plain', 'echo', inTurn).length === 0) return undefined;
  const kinds = [
    ['messages per second, one at a time', 'echo', inTurn, 'perSecond', 0],
    ['CPU per message, one at a time, µs', 'echo', inTurn, 'cpuUs', 1],
    ['messages per second, eight at a time', 'echo', window, 'perSecond', 0],
    ['CPU per message, eight at a time, µs', 'echo', window, 'cpuUs', 1],
    ['memory per idle connection, KB', 'memory', idle, 'rssKb', 1],
    ['CPU per handshake, new token, µs', 'handshakes', fresh, 'cpuUs', 0],
    ['CPU per handshake, known token, µs', 'handshakes', known, 'cpuUs', 0],
  ];
  const order = [US, 'nest', 'ws', 'recipe-connection'];
  return table(
    ['', 'this module', 'bare Nest', 'bare `ws`', "Nest's recipe"],
    kinds.map(([title, scenario, variant, metric, digits]) => [
      title,
      ...order.map((peer) => figure('plain', scenario, variant, peer, metric, digits)),
    ]),
  );
}

function machine() {
  const lines = runs.map(
    ({ date, machine: { cpu, cores, node, loadBefore }, scale: { rounds } }) =>
      `${date.slice(0, 10)}, ${rounds} rounds, Node ${node.slice(1)}, ${cpu}, ${cores} cores, load before the run ${loadBefore.toFixed(1)}`,
  );
  return [...new Set(lines)].map((line) => `- ${line}`).join('\n');
}

/** Puts each text between its marker and the next end. */
async function fill(page, sections) {
  let text = readFileSync(page, 'utf8');
  for (const [name, content] of Object.entries(sections)) {
    if (content === undefined) continue;
    const start = `<!-- figures of ${name} -->`;
    const [before, after] = text.split(start);
    if (!after?.includes(END)) throw new Error(`${page} has no place for ${name}`);
    text = `${before}${start}\n\n${content}\n\n${after.slice(after.indexOf(END))}`;
  }
  writeFileSync(page, await format(text, { ...(await resolveConfig(page)), filepath: page }));
}

await fill('docs/performance.md', {
  goals: goals(),
  'the machine': machine(),
  echo: echo('plain'),
  'echo over TLS': echo('tls'),
  handshakes: handshakes('plain'),
  'handshakes over TLS': handshakes('tls'),
  reconnect: reconnect(),
  'the rest': rest('plain'),
  'the rest over TLS': rest('tls'),
});
await fill('README.md', { performance: readme() });
