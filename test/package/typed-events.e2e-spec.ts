import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';

const SUPPORT = 'test/support/typed-events';

/** The oldest supported compiler is the one that are-the-types-wrong brings. It cannot load Nest 12 as CommonJS. */
const require = createRequire(resolve('node_modules/@arethetypeswrong/core/package.json'));
const COMPILERS = [
  { version: '5.6', module: 'preserve', path: dirname(require.resolve('typescript/package.json')) },
  { version: '6.0', module: 'nodenext', path: resolve('node_modules/typescript') },
];

const COMPILER_OPTIONS = {
  target: 'ES2023',
  lib: ['ES2023', 'DOM'],
  strict: true,
  exactOptionalPropertyTypes: true,
  experimentalDecorators: true,
  emitDecoratorMetadata: true,
  skipLibCheck: false,
  // Checks the declarations of packages, not those of TypeScript.
  skipDefaultLibCheck: true,
  noEmit: true,
  types: ['node'],
};

const PACKAGES = ['@nestjs/common', '@nestjs/core', '@nestjs/websockets', '@types/node', 'rxjs'];

let folder: string;

/** An application with the built package, whose files are compiled as they are. */
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'typed-'));
  for (const name of ['nestjs-ws-security', ...PACKAGES]) {
    const link = join(folder, 'node_modules', name);
    mkdirSync(dirname(link), { recursive: true });
    symlinkSync(
      name === 'nestjs-ws-security' ? resolve('.') : resolve('node_modules', name),
      link,
      'junction',
    );
  }
  writeFileSync(join(folder, 'package.json'), '{"type":"module","private":true}');
  for (const name of ['contract.ts', 'correct.ts', 'wrong.ts.txt'])
    writeFileSync(join(folder, name.replace('.txt', '')), readFileSync(join(SUPPORT, name)));
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

function compile({ path, module }: (typeof COMPILERS)[number]): string {
  const project = {
    compilerOptions: { ...COMPILER_OPTIONS, module },
    files: ['correct.ts', 'wrong.ts'],
  };
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(project));
  const tsc = join(path, 'bin/tsc');
  const { stdout } = spawnSync(process.execPath, [tsc, '-p', folder, '--pretty', 'false'], {
    cwd: folder,
    encoding: 'utf8',
  });
  return stdout;
}

/** A line ends with the errors that it must have, each with its code and the text where it is: `// 2345 at 'name'`. */
function expectedErrors(): string[] {
  const lines = readFileSync(join(SUPPORT, 'wrong.ts.txt'), 'utf8').split('\n');
  return lines.flatMap((line, index) => {
    const [code = '', errors = ''] = line.split(' // ');
    return [...errors.matchAll(/(\d+) at (.+?)(?=, \d|$)/g)].map(
      ([, number, place = '']) => `wrong.ts(${index + 1},${code.indexOf(place) + 1}): error TS${number}`,
    );
  });
}

describe.each(COMPILERS)('TypeScript $version', (compiler) => {
  let output: string;
  let errors: string[];

  beforeAll(() => {
    output = compile(compiler);
    // Further lines of an error are indented.
    errors = output.split('\n').filter((line) => /^\S/.test(line));
  }, 180_000);

  it('is that version', () => {
    const manifest = readFileSync(join(compiler.path, 'package.json'), 'utf8');
    expect((JSON.parse(manifest) as { version: string }).version).toMatch(`${compiler.version}.`);
  });

  it('compiles what fits the contract, and checks all declarations', () => {
    expect(errors.filter((line) => !line.startsWith('wrong.ts'))).toEqual([]);
  });

  it('finds everything that does not fit, where it is written', () => {
    const found = errors.filter((line) => line.startsWith('wrong.ts'));
    expect(expectedErrors().length).toBeGreaterThan(45);
    expect(found.map((line) => line.split(': ', 2).join(': '))).toEqual(expectedErrors());
  });

  it.each([
    'ContractMismatch<"The parameters of chat.send must be its body and injected values", Text>',
    'ContractMismatch<"The handler of chat.first must return its reply", Message | null>',
  ])('says %s', (text) => {
    expect(output).toContain(text);
  });
});
