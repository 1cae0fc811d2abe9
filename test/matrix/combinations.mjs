/** What is combined. Node 20 is the oldest one that `engines` allows. */
export const DIMENSIONS = {
  node: ['20', '22', '24', '26'],
  nest: ['11', '12'],
  format: ['CommonJS', 'ESM'],
  platform: ['Express', 'Fastify'],
};

/** Releases of Node on npm. */
export const NODE_RANGES = { 20: '~20.19.0', 22: '22', 24: '24', 26: '26' };

const run = (node, nest, format, platform) => ({ node, nest, format, platform });

/** Every two values meet in one of these. All combinations exist: Nest 12 is loaded by `require(esm)` in CommonJS. */
export const RUNS = [
  run('20', '11', 'CommonJS', 'Express'),
  run('20', '12', 'ESM', 'Fastify'),
  run('22', '11', 'ESM', 'Express'),
  run('22', '12', 'CommonJS', 'Fastify'),
  run('24', '11', 'CommonJS', 'Fastify'),
  run('24', '12', 'ESM', 'Express'),
  run('26', '11', 'ESM', 'Fastify'),
  run('26', '12', 'CommonJS', 'Express'),
];

/** An application that has Nest only, and what a package manager adds. */
const install = (manager, node, nest) => ({ manager, node, nest });

/**
 * Installations, which must not warn. On Node 20 only with Nest 11: Nest 12 itself needs a package that asks for Node 22.
 */
export const INSTALLS = [
  install('npm', '20', '11'),
  install('npm', '22', '12'),
  install('npm', '24', '11'),
  install('npm', '26', '12'),
  install('pnpm', '20', '11'),
  install('pnpm', '22', '11'),
  install('pnpm', '24', '12'),
  install('pnpm', '26', '12'),
  install('yarn', '20', '11'),
  install('yarn', '22', '12'),
  install('yarn', '24', '12'),
  install('yarn', '26', '11'),
];

/** Tests of applications, by test runner. */
export const TESTS = [
  { runner: 'Jest', node: '20', nest: '11', format: 'CommonJS' },
  { runner: 'Jest', node: '26', nest: '11', format: 'CommonJS' },
  { runner: 'Jest', node: '22', nest: '12', format: 'CommonJS' },
  { runner: 'Jest', node: '20', nest: '12', format: 'ESM' },
  { runner: 'Jest', node: '24', nest: '12', format: 'ESM' },
  { runner: 'Vitest', node: '22', nest: '12', format: 'ESM' },
];

/** Compilations of an application that checks the declarations of its libraries. */
export const TYPES = [
  { compiler: '5.6', module: 'commonjs', resolution: 'node10', nest: '11', format: 'CommonJS' },
  { compiler: '5.6', module: 'node16', resolution: 'node16', nest: '11', format: 'CommonJS' },
  { compiler: '6.0', module: 'preserve', resolution: 'bundler', nest: '11', format: 'CommonJS' },
  { compiler: '6.0', module: 'nodenext', resolution: 'nodenext', nest: '11', format: 'ESM' },
];

/** Two values that meet in no run. */
export function missingPairs(runs = RUNS) {
  const missing = [];
  const names = Object.keys(DIMENSIONS);
  for (const [i, one] of names.entries())
    for (const other of names.slice(i + 1))
      for (const a of DIMENSIONS[one])
        for (const b of DIMENSIONS[other])
          if (!runs.some((each) => each[one] === a && each[other] === b))
            missing.push(`${one} ${a}, ${other} ${b}`);
  return missing;
}
