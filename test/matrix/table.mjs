import { readFileSync, writeFileSync } from 'node:fs';
import * as prettier from 'prettier';
import { DIMENSIONS } from './combinations.mjs';

const PAGE = 'README.md';
const SECTION = /(<!-- matrix: made by `npm run matrix` -->\n)[^]*?(\n<!-- end of matrix -->)/;

const unique = (values) => [...new Set(values)].join(', ');

/** The table of what has run, one row for each release of Node. */
function tableOf({ runs, installs, tests }) {
  const columns = DIMENSIONS.nest.flatMap((nest) => DIMENSIONS.format.map((format) => ({ nest, format })));
  const head = [
    'Node',
    ...columns.map(({ nest, format }) => `Nest ${nest}, ${format}`),
    'tests',
    'installed by',
  ];
  const rows = DIMENSIONS.node.map((node) => [
    node,
    ...columns.map((column) =>
      unique(
        runs
          .filter((run) => run.node === node && run.nest === column.nest && run.format === column.format)
          .map(({ platform }) => platform),
      ),
    ),
    unique(tests.filter((test) => test.node === node).map(({ runner, format }) => `${runner} (${format})`)),
    unique(installs.filter((install) => install.node === node).map(({ manager }) => manager)),
  ]);
  const lines = [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`);
  return prettier.format(lines.join('\n'), { parser: 'markdown' });
}

/** Writes the table into the README. @returns whether it was there already */
export async function publish(passed) {
  const page = readFileSync(PAGE, 'utf8');
  if (!SECTION.test(page)) throw new Error(`${PAGE} has no place for the table`);
  const table = await tableOf(passed);
  const updated = page.replace(SECTION, (_, begin, end) => `${begin}\n${table}${end}`);
  if (updated === page) return true;
  if (process.env.CI !== 'true') writeFileSync(PAGE, updated);
  return false;
}
