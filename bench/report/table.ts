import { PEERS } from '../peers/catalogue.js';
import { isReached, type Reading } from '../scenarios/cluster/part.js';
import type { Goal } from './goals.js';
import type { Samples } from './samples.js';

interface Column {
  readonly metric: string;
  readonly title: string;
  readonly digits: number;
}

const COLUMNS: Readonly<Record<string, readonly Column[]>> = {
  echo: [
    { metric: 'perSecond', title: 'messages/s', digits: 0 },
    { metric: 'cpuUs', title: 'CPU µs/message', digits: 1 },
    { metric: 'clientUs', title: 'of clients', digits: 1 },
    { metric: 'generatorLoad', title: 'load of clients', digits: 2 },
  ],
  handshakes: [
    { metric: 'perSecond', title: 'handshakes/s', digits: 0 },
    { metric: 'cpuUs', title: 'CPU µs each', digits: 0 },
    { metric: 'clientUs', title: 'of clients', digits: 0 },
    { metric: 'generatorLoad', title: 'load of clients', digits: 2 },
  ],
  memory: [
    { metric: 'rssKb', title: 'resident KB each', digits: 1 },
    { metric: 'heapKb', title: 'heap KB each', digits: 1 },
  ],
  broadcast: [
    { metric: 'perCpuSecond', title: 'deliveries/CPU s', digits: 0 },
    { metric: 'perSecond', title: 'deliveries/s', digits: 0 },
  ],
  refused: [
    { metric: 'refusedUs', title: 'CPU µs/frame', digits: 2 },
    { metric: 'toServed', title: '÷ served', digits: 2 },
    { metric: 'closed', title: 'cut off', digits: 0 },
  ],
  attack: [
    { metric: 'p50', title: 'p50 ms', digits: 2 },
    { metric: 'p99', title: 'p99 ms', digits: 2 },
    { metric: 'cutOff', title: 'cut off', digits: 0 },
  ],
  reconnect: [
    { metric: 'beyondMs', title: 'ms beyond the jitter', digits: 0 },
    { metric: 'allMs', title: 'ms in all', digits: 0 },
    { metric: 'failures', title: 'failed attempts', digits: 0 },
    { metric: 'cpuUs', title: 'CPU µs each', digits: 0 },
    { metric: 'clientUs', title: 'of clients', digits: 0 },
    { metric: 'generatorLoad', title: 'load of clients', digits: 2 },
    { metric: 'p99Before', title: 'p99 ms of others before', digits: 1 },
    { metric: 'p99', title: 'meanwhile', digits: 1 },
  ],
};

/** The peer that the ratio in the last column refers to. */
const BASELINE: Readonly<Record<string, string>> = {
  echo: 'ws',
  handshakes: 'nest',
  memory: 'ws',
  broadcast: 'ws',
};

/** The medians of one scenario, one block per variant. */
export function scenarioTable(samples: Samples, scenario: string, title: string): string {
  return samples
    .variants(scenario)
    .map(
      (variant) =>
        `${title}${samples.transport === 'tls' ? ' over TLS' : ''}: ${variant}\n${grid(rowsOf(samples, scenario, variant))}`,
    )
    .join('\n\n');
}

export function goalTable(goals: readonly Goal[]): string {
  const rows = goals.map(({ what, better, goal, next, value, isMet }) => [
    what,
    value === undefined ? '–' : value.toFixed(2),
    `${better === 'more' ? '≥' : '≤'} ${goal}`,
    `(then ${next})`,
    isMet === undefined ? 'not measured' : isMet ? 'met' : 'not met',
  ]);
  return grid([['goal', 'measured', 'goal', '', ''], ...rows]);
}

/** Figures with what they should be. */
export function readingTable(title: string, readings: readonly Reading[]): string {
  const rows = readings.map((reading) => {
    const { what, value, digits, unit, reach } = reading;
    const met = isReached(reading);
    return [
      what,
      `${text(value, digits)} ${unit}`.trimEnd(),
      reach ? `${reach[0]} ${reach[1]}` : '',
      met === undefined ? '' : met ? 'met' : 'not met',
    ];
  });
  return grid([[title, 'measured', 'reach', ''], ...rows]);
}

function rowsOf(samples: Samples, scenario: string, variant: string): string[][] {
  const columns = COLUMNS[scenario] ?? [];
  const main = columns[0]?.metric ?? '';
  const baseline = BASELINE[scenario];
  const head = ['', ...columns.map(({ title }) => title), ...(baseline ? [`÷ ${baseline}`] : [])];
  const rows = samples
    .peers(scenario)
    .filter((peer) => samples.median(scenario, variant, peer, main) !== undefined)
    .map((peer) => [
      PEERS[peer]?.label ?? peer,
      ...columns.map(({ metric, digits }) => text(samples.median(scenario, variant, peer, metric), digits)),
      ...(baseline ? [text(samples.ratio(scenario, variant, [peer, baseline], main), 2)] : []),
    ]);
  return [head, ...rows];
}

function text(value: number | undefined, digits: number): string {
  return value === undefined
    ? '–'
    : value.toLocaleString('en', {
        minimumFractionDigits: digits,
        maximumFractionDigits: digits,
      });
}

/** Aligns the first column to the left and numbers to the right. */
function grid(rows: readonly string[][]): string {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => (row[column] ?? '').length)),
  );
  return rows
    .map((row) =>
      row
        .map((cell, column) => {
          const width = widths[column] ?? 0;
          return column === 0 ? cell.padEnd(width) : cell.padStart(width);
        })
        .join('  ')
        .trimEnd(),
    )
    .map((line) => `  ${line}`)
    .join('\n');
}
