import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { collectDefaultMetrics, Registry } from 'prom-client';
import { describeWithPromtool } from '../support/promtool.js';
import { readYaml } from '../support/read-yaml.js';
import { EchoGateway } from '../support/echo.gateway.js';
import { MetricsOf } from '../support/metrics-of.js';
import { type RunningApp, startApp } from '../support/start-app.js';
import { TestClient } from '../support/test-client.js';
import { mintToken } from '../support/tokens.js';

const ALERTS = 'docs/examples/alerts.yml';
/** Added by Prometheus. */
const TARGET_LABELS = ['job', 'instance'];

let running: RunningApp;
let metrics: MetricsOf;
/** The labels of each metric, as docs/operations.md lists them. */
let documented: ReadonlyMap<string, readonly string[]>;

beforeAll(async () => {
  running = await startApp({ gateways: [EchoGateway] });
  metrics = new MetricsOf(running.app);
  const client = await TestClient.connect(`${running.url}/ws`, { token: await mintToken() });
  await client.request('echo', { text: 'hi' });
  await client.request('invented', undefined);
  const page = readFileSync('docs/operations.md', 'utf8');
  const [, table = ''] = /\n\| `ws_security_…`.*\n\|[ -|]+\n((?:\|.*\n)+)/.exec(page) ?? [];
  documented = new Map(
    table
      .trim()
      .split('\n')
      .map((row) =>
        row.split('|').map((cell) => [...cell.matchAll(/`([a-z_]+)`/g)].map(([, name]) => name as string)),
      )
      .map((cells) => [`ws_security_${cells[1]?.[0]}`, cells[2] ?? []] as const),
  );
});

afterAll(() => running.close());

/** The selectors and groups of PromQL, with the labels that they name. */
function usesIn(query: string): { names: string[]; labels: string[] } {
  const withoutTexts = query.replace(/"[^"]*"/g, '""');
  const names = [...withoutTexts.matchAll(/\b(?:ws_security|nodejs|process)_[a-z0-9_]+/g)].map(
    ([name]) => name,
  );
  const matchers = [...withoutTexts.matchAll(/\{([^}]*)\}/g)].flatMap(([, inner = '']) => inner.split(','));
  const groups = [...withoutTexts.matchAll(/\b(?:by|on|without|ignoring) ?\(([^)]*)\)/g)].flatMap(
    ([, inner = '']) => inner.split(','),
  );
  const labels = [...matchers.map((one) => one.split(/[=!~]/)[0] ?? ''), ...groups].map((one) => one.trim());
  return { names: [...new Set(names)], labels: [...new Set(labels.filter((label) => label !== ''))] };
}

/** The metric that a series belongs to. */
const familyOf = (series: string): string =>
  documented.has(series) ? series : series.replace(/_(?:bucket|sum|count)$/, '');

function expectKnown(query: string, foreign: readonly string[] = []): void {
  const { names, labels } = usesIn(query);
  expect(names).not.toEqual([]);
  const own = names.filter((name) => name.startsWith('ws_security'));
  const collected = metrics.families.map(({ name }) => name);
  for (const name of own) expect(collected).toContain(familyOf(name));
  for (const name of names.filter((one) => !own.includes(one)))
    expect(foreign).toContain(name.replace(/_(?:sum|count)$/, ''));
  const known = [...TARGET_LABELS, 'le', ...own.flatMap((name) => documented.get(familyOf(name)) ?? [])];
  if (own.length > 0) expect(known).toEqual(expect.arrayContaining(labels));
}

it('O1 docs/operations.md lists each metric with its labels', () => {
  expect([...documented.keys()].toSorted()).toEqual(metrics.families.map(({ name }) => name).toSorted());
  for (const { name, samples } of metrics.families)
    for (const { labels } of samples)
      expect([name, Object.keys(labels)]).toEqual([name, documented.get(name)]);
});

interface Rule {
  alert: string;
  expr: string;
  annotations: { summary: string };
}

const rulesOf = async (): Promise<Rule[]> =>
  ((await readYaml(readFileSync(ALERTS, 'utf8'))) as { groups: { rules: Rule[] }[] }).groups.flatMap(
    ({ rules }) => rules,
  );

it('O1 alerts use metrics and labels that exist, and the page says what to do about each', async () => {
  const page = readFileSync('docs/operations.md', 'utf8');
  const rules = await rulesOf();
  expect(rules.length).toBe(13);
  for (const { alert, expr, annotations } of rules) {
    expectKnown(expr);
    expect(page).toContain(`| \`${alert}\``);
    for (const [, label] of annotations.summary.matchAll(/\$labels\.(\w+)/g))
      expect(usesIn(expr).labels).toContain(label);
  }
});

interface Panel {
  type: string;
  title: string;
  targets?: { expr: string }[];
}

it('O1 the dashboard uses metrics and labels that exist', async () => {
  const { panels, templating } = JSON.parse(readFileSync('docs/examples/dashboard.json', 'utf8')) as {
    panels: Panel[];
    templating: { list: { name: string }[] };
  };
  const register = new Registry();
  collectDefaultMetrics({ register });
  const foreign = (await register.getMetricsAsJSON()).map(({ name }) => name);
  const rows = panels.filter(({ type }) => type === 'row').map(({ title }) => title.split(' ')[0]);
  expect(rows).toEqual(['Now', 'Door', 'Abuse', 'Traffic', 'Endings', 'Pressure', 'Node']);
  expect(templating.list.map(({ name }) => name)).toEqual(['datasource', 'job', 'node', 'path']);
  const queries = panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr));
  for (const query of queries) expectKnown(query, foreign);
  const shown = new Set(queries.flatMap((query) => usesIn(query).names.map(familyOf)));
  expect([...documented.keys()].filter((name) => !shown.has(name))).toEqual([]);
});

describeWithPromtool('O1 promtool', () => {
  const run = (...args: string[]): string => {
    const { status, stdout, stderr } = spawnSync('promtool', args, { encoding: 'utf8' });
    return status === 0 ? 'fine' : stdout + stderr;
  };
  it('accepts the alerts', () => {
    expect(run('check', 'rules', ALERTS)).toBe('fine');
  });

  it('sees each alert fire when it should, and none when nothing is wrong', () => {
    const tests = ['alerts', 'days'].map((name) => `test/observability/alerts/${name}.test.yml`);
    expect(run('test', 'rules', ...tests)).toBe('fine');
  });

  it('can read the queries of the dashboard', () => {
    const text = readFileSync('docs/examples/dashboard.json', 'utf8');
    const { panels } = JSON.parse(text) as { panels: Panel[] };
    const queries = panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr));
    const rules = queries.map((expr, at) => ({
      record: `query${at}`,
      expr: expr.replaceAll('$__rate_interval', '5m'),
    }));
    const folder = mkdtempSync(join(tmpdir(), 'dashboard-'));
    const file = join(folder, 'rules.json');
    writeFileSync(file, JSON.stringify({ groups: [{ name: 'dashboard', rules }] }));
    expect(run('check', 'rules', '--lint=none', file)).toBe('fine');
    rmSync(folder, { recursive: true });
  });
});
