// Installs the packed module into applications of Nest 11 and 12, and runs them on each supported release of Node.
// The README holds the table of what has passed; with CI=true a table that differs is a failure.
import { rmSync } from 'node:fs';
import process from 'node:process';
import { build, smoke, tests, types } from './applications.mjs';
import { INSTALLS, missingPairs, RUNS, TESTS, TYPES } from './combinations.mjs';
import { installWith } from './managers.mjs';
import { inPairs } from './process.mjs';
import { publish } from './table.mjs';
import { Workshop } from './workshop.mjs';

const started = Date.now();
const seconds = () => `${Math.round((Date.now() - started) / 1000)} s`;
let failures = 0;

/** Runs all of one kind. @returns those that passed */
async function runAll(kind, items, run) {
  const passed = [];
  await inPairs(items, async (item) => {
    const { code, output } = await run(workshop, item);
    const name = `${kind} ${Object.values(item).join(' ')}`;
    console.log(`${seconds()}\t${code === 0 ? 'ok' : 'FAILED'}\t${name}`);
    if (code === 0) passed.push(item);
    else {
      failures += 1;
      console.log(`exit ${code}\n${output}`);
    }
  });
  return items.filter((item) => passed.includes(item));
}

const missing = missingPairs();
if (missing.length > 0) throw new Error(`no run has ${missing.join('; ')}`);

const workshop = new Workshop();
try {
  await workshop.open();
  console.log(`${seconds()}\tinstalled`);
  const applications = ['11', '12'].flatMap((nest) => [
    { nest, format: 'CommonJS' },
    { nest, format: 'ESM' },
  ]);
  await runAll('build', applications, build);
  const runs = await runAll('run', RUNS, smoke);
  await runAll('types', TYPES, types);
  const passedTests = await runAll('tests', TESTS, tests);
  const installs = await runAll('install', INSTALLS, installWith);
  if (failures === 0 && !(await publish({ runs, installs, tests: passedTests }))) {
    console.log('the table of README.md was out of date');
    if (process.env.CI === 'true') failures += 1;
  }
} finally {
  if (process.env.MATRIX_KEEP === undefined) rmSync(workshop.folder, { recursive: true, force: true });
  else console.log(workshop.folder);
}
console.log(failures === 0 ? `all passed in ${seconds()}` : `${failures} failed`);
process.exitCode = failures === 0 ? 0 : 1;
