import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

/** The public names of each entry point, as docs/public-names.md lists them. */
function listed(): Map<string, string[]> {
  const page = readFileSync('docs/public-names.md', 'utf8');
  const sections = page.split(/^## `([^`]+)`$/m).slice(1);
  const entries = new Map<string, string[]>();
  for (let index = 0; index < sections.length; index += 2) {
    const names = [...(sections[index + 1] as string).matchAll(/^- `(\w+)`/gm)].map(([, name]) => name as string);
    entries.set(sections[index] as string, names);
  }
  return entries;
}

describe('public names', () => {
  it('docs/public-names.md is what the code exports, all of it documented, and no name needs one that is hidden', () => {
    const { status, stderr } = spawnSync(process.execPath, ['scripts/public-names.mjs', '--check'], {
      encoding: 'utf8',
    });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  });

  it('all of them can be imported by an application that checks the declarations of its libraries', () => {
    const folder = mkdtempSync(join(tmpdir(), 'names-'));
    try {
      mkdirSync(join(folder, 'node_modules', '@types'), { recursive: true });
      symlinkSync(resolve('.'), join(folder, 'node_modules', 'nestjs-ws-security'), 'junction');
      symlinkSync(resolve('node_modules/@types/node'), join(folder, 'node_modules/@types/node'), 'junction');
      const entries = [...listed()];
      expect(entries.length).toBe(3);
      const lines = entries.flatMap(([entry, names], index) => [
        `import type * as entry${index} from '${entry}';`,
        `export type { ${names.join(', ')} } from '${entry}';`,
        `export type Entry${index} = typeof entry${index};`,
      ]);
      // A name of two entry points is the same in both.
      const once = entries.map(([, names], index) =>
        names.filter((name) => !entries.slice(0, index).some(([, earlier]) => earlier.includes(name))),
      );
      lines.splice(
        0,
        lines.length,
        ...entries.flatMap(([entry], index) => [`export type { ${once[index]?.join(', ')} } from '${entry}';`]),
      );
      writeFileSync(join(folder, 'index.ts'), `${lines.join('\n')}\n`);
      writeFileSync(join(folder, 'package.json'), '{"type":"module","private":true}');
      const compilerOptions = { module: 'NodeNext', target: 'ES2023', strict: true, skipLibCheck: false, noEmit: true };
      writeFileSync(
        join(folder, 'tsconfig.json'),
        JSON.stringify({ compilerOptions: { ...compilerOptions, types: ['node'] }, files: ['index.ts'] }),
      );
      const tsc = resolve('node_modules/typescript/bin/tsc');
      expect(execFileSync(process.execPath, [tsc, '-p', folder], { encoding: 'utf8' })).toBe('');
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
