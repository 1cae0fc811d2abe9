import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { linkPackage } from '../linked-package.js';

const SOURCES = 'test/support/typed-events';

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

/**
 * Makes a folder an application with the built package, whose files are compiled as they are.
 *
 * @returns the configuration of the compiler
 */
export function makeTypedApplication(folder: string, module: string): string {
  mkdirSync(folder);
  linkPackage(folder, 'nestjs-ws-security', '.');
  for (const name of PACKAGES) linkPackage(folder, name);
  writeFileSync(join(folder, 'package.json'), '{"type":"module","private":true}');
  for (const name of ['contract.ts', 'correct.ts', 'wrong.ts.txt'])
    writeFileSync(join(folder, name.replace('.txt', '')), readFileSync(join(SOURCES, name)));
  const file = join(folder, 'tsconfig.json');
  const compilerOptions = { ...COMPILER_OPTIONS, module };
  writeFileSync(file, JSON.stringify({ compilerOptions, files: ['correct.ts', 'wrong.ts'] }));
  return file;
}

/** A line ends with the errors that it must have, each with its code and the text where it is: `// 2345 at 'name'`. */
function expectedErrors(): string[] {
  const lines = readFileSync(join(SOURCES, 'wrong.ts.txt'), 'utf8').split('\n');
  return lines.flatMap((line, index) => {
    const [code = '', errors = ''] = line.split(' // ');
    return [...errors.matchAll(/(\d+) at (.+?)(?=, \d|$)/g)].map(
      ([, number, place = '']) => `wrong.ts(${index + 1},${code.indexOf(place) + 1}): error TS${number}`,
    );
  });
}

/** @param outputOf what the compiler says of the application, with the names of its files and no folders */
export function describeTypedEvents(name: string, outputOf: () => string): void {
  describe(name, () => {
    let output: string;
    let errors: string[];

    beforeAll(() => {
      output = outputOf();
      // Further lines of an error are indented.
      errors = output.split('\n').filter((line) => /^\S/.test(line));
    }, 180_000);

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
}
