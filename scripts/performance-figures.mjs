// Writes the figures of `npm run bench` into docs/performance.md and the README, from the results that it left.
// Several files are several runs, or runs of different scenarios. What they did not measure stays as it is.
import { readFileSync, writeFileSync } from 'node:fs';
import process from 'node:process';
import { format, resolveConfig } from 'prettier';

const COLUMNS = {
  ws: '`ws`',
  nest: 'bare Nest',
  'recipe-connection': "Nest's recipe",
  secured: '`secured`',
};
const US = 'secured';
const END = '<!-- end of figures -->';

const files = process.argv.slice(2);
const runs = (files.length > 0 ? files : ['bench/results.json']).map((file) =>
  JSON.parse(readFileSync(file, 'utf8')),
);
if (runs.some(({ scale }) => !scale.judges)) throw new Error('the results are of a smoke run');
const samples = runs.flatMap((run) => run.samples);

function median(values) {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

const of = (transport, scenario, variant, peer) =>
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
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

/** How busy the clients were, at most, of one core. */
function loadOfClients(transport, scenario, variant) {
  const loads = Object.keys(COLUMNS).map((peer) =>
    Number(figure(transport, scenario, variant, peer, 'generatorLoad', 2)),
  );
  return Math.max(...loads).toFixed(2);
}

/** A row for each variant, with a cell for each server. */
const perPeer = (transport, scenario, cellOf) =>
  variantsOf(transport, scenario).map((variant) => [
    variant,
    ...Object.keys(COLUMNS).map((peer) => cellOf(variant, peer)),
    loadOfClients(transport, scenario, variant),
  ]);

const perPeerHead = (title) => [title, ...Object.values(COLUMNS), 'load of clients'];

const echo = {
  head: perPeerHead('messages/s · CPU µs each'),
  rowsOf: (transport) =>
    perPeer(transport, 'echo', (variant, peer) => {
      const rate = figure(transport, 'echo', variant, peer, 'perSecond');
      return rate && `${rate} · ${figure(transport, 'echo', variant, peer, 'cpuUs', 1)}`;
    }),
};

const handshakes = {
  head: perPeerHead('CPU µs: no TLS · full · resumed'),
  parts: [
    ['plain', ''],
    ['tls', 'full, '],
    ['tls', 'resumed, '],
  ],
  rowsOf: (transport) =>
    perPeer(transport, 'handshakes', (variant, peer) =>
      figure(transport, 'handshakes', variant, peer, 'cpuUs'),
    ),
};

const reconnect = {
  head: ['', 'all served', 'beyond the jitter', 'failed', 'CPU each', 'of clients', 'p99 of others'],
  rowsOf: (transport) =>
    variantsOf(transport, 'reconnect').map((variant) => {
      const cell = (metric, digits) => figure(transport, 'reconnect', variant, US, metric, digits);
      return [
        variant,
        `${cell('allMs')} ms`,
        `${cell('beyondMs')} ms`,
        cell('failures'),
        `${cell('cpuUs')} µs`,
        `${cell('clientUs')} µs`,
        `${cell('p99Before', 1)} ms, ${cell('p99', 1)} ms`,
      ];
    }),
};

/** Memory, broadcasts and refused frames. */
const rest = {
  head: ['no TLS · TLS', ...Object.values(COLUMNS)],
  parts: [
    ['plain', ''],
    ['tls', ''],
  ],
  rowsOf: (transport) =>
    [
      ['memory', 'rssKb', 1, 'KB'],
      ['broadcast', 'perCpuSecond', 0, 'per CPU second'],
      ['refused', 'refusedUs', 2, 'µs'],
    ].flatMap(([scenario, metric, digits, unit]) =>
      variantsOf(transport, scenario).map((variant) => [
        `${variant}, ${unit}`,
        ...Object.keys(COLUMNS).map((peer) => figure(transport, scenario, variant, peer, metric, digits)),
      ]),
    ),
};

const TLS = 'TLS: ';

/** Rows without TLS, then rows over it. Those that these runs did not measure stay as they are. */
function merged({ head, rowsOf }, existing) {
  const plain = rowsOf('plain');
  const tls = rowsOf('tls').map(([variant, ...cells]) => [`${TLS}${variant}`, ...cells]);
  const kept = (isTls) => existing.filter(([first]) => first.startsWith(TLS) === isTls);
  return table(head, [...(plain.length > 0 ? plain : kept(false)), ...(tls.length > 0 ? tls : kept(true))]);
}

const BETWEEN = ' · ';
const MISSING = '–';

/** Rows whose cells have a figure for each part. Those that these runs did not measure stay as they are. */
function joined({ head, parts, rowsOf }, existing) {
  const measured = parts.map(([transport, prefix]) =>
    rowsOf(transport)
      .filter(([variant]) => variant.startsWith(prefix))
      .map(([variant, ...cells]) => [variant.slice(prefix.length), ...cells]),
  );
  const rowOf = (rows, wanted) => rows.find(([variant]) => variant === wanted);
  const figureOf = (part, variant, column) =>
    rowOf(measured[part], variant)?.[column] || rowOf(existing, variant)?.[column]?.split(BETWEEN)[part];
  const cellOf = (variant, column) => {
    const figures = parts.map((_, part) => figureOf(part, variant, column));
    return figures.some(Boolean) ? figures.map((text) => text || MISSING).join(BETWEEN) : '';
  };
  const variants = (measured[0].length > 0 ? measured[0] : existing).map(([variant]) => variant);
  const rows = variants.map((variant) =>
    head.map((_, column) => (column ? cellOf(variant, column) : variant)),
  );
  return table(head, rows);
}

/** The cells of the rows of a table in Markdown. */
const rowsIn = (markdown) =>
  markdown
    .split('\n')
    .filter((line) => line.startsWith('|'))
    .slice(2)
    .map((line) =>
      line
        .slice(1, -1)
        .split('|')
        .map((cell) => cell.trim()),
    );

/** Whether the runs are of all scenarios: otherwise the summary would lose some of its rows. */
const isWhole = ['plain', 'tls'].every((transport) =>
  ['echo', 'handshakes', 'refused', 'broadcast', 'memory', 'reconnect'].every(
    (scenario) => of(transport, scenario).length > 0,
  ),
);

/** Each goal with the values of all runs that measured it. */
function goals() {
  if (!isWhole) return undefined;
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
  if (!isWhole) return undefined;
  const inTurn = '100 connections, one message at a time';
  const window = '100 connections, window 8';
  const [fresh, known] = variantsOf('plain', 'handshakes');
  const [idle] = variantsOf('plain', 'memory');
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
  if (!isWhole) return undefined;
  const lines = runs.map(
    ({ date, machine: { cpu, cores, node, loadBefore }, scale: { rounds } }) =>
      `${date.slice(0, 10)}, ${rounds} rounds, Node ${node.slice(1)}, ${cpu}, ${cores} cores, load before the run ${loadBefore.toFixed(1)}`,
  );
  return [...new Set(lines)].map((line) => `- ${line}`).join('\n');
}

/** Puts each text between its marker and the next end. @param sections texts, or functions of the present text */
async function fill(page, sections) {
  let text = readFileSync(page, 'utf8');
  for (const [name, content] of Object.entries(sections)) {
    const start = `<!-- figures of ${name} -->`;
    const [before, after] = text.split(start);
    if (!after?.includes(END)) throw new Error(`${page} has no place for ${name}`);
    const end = after.indexOf(END);
    const filled = typeof content === 'function' ? content(after.slice(0, end)) : content;
    if (filled !== undefined) text = `${before}${start}\n\n${filled}\n\n${after.slice(end)}`;
  }
  writeFileSync(page, await format(text, { ...(await resolveConfig(page)), filepath: page }));
}

const tableOf = (kind) => (present) => (kind.parts ? joined : merged)(kind, rowsIn(present));

await fill('docs/performance.md', {
  goals: goals(),
  'the machine': machine(),
  echo: tableOf(echo),
  handshakes: tableOf(handshakes),
  reconnect: tableOf(reconnect),
  'the rest': tableOf(rest),
});
await fill('README.md', { performance: readme() });
