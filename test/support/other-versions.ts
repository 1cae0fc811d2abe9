import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { bundledService } from './bundled.js';

/** Text of the built package that occurs once, with double quotes, and what another version has in its place. */
export type Change = readonly [text: string, other: string];

/** The bundled reference service over other versions of this package, of which each has some of its code changed. */
export class OtherVersions {
  private constructor(
    private readonly folder: string,
    private readonly service: string,
  ) {}

  static make(): OtherVersions {
    const service = bundledService('main');
    // What is not in the bundle is found from there.
    return new OtherVersions(mkdtempSync(join(dirname(service), 'versions-')), service);
  }

  /** The script of another version. @param version of the package */
  script(version: string, changes: readonly Change[]): string {
    const own = join(this.folder, version);
    mkdirSync(own);
    const all: readonly Change[] = [
      ['PACKAGE_VERSION = "0.1.0"', `PACKAGE_VERSION = "${version}"`],
      ...changes,
    ];
    const code = readFileSync(this.service.replace(/\.js$/, '.bundle.js'), 'utf8');
    writeFileSync(join(own, 'main.bundle.js'), all.reduce(changed, code));
    cpSync(this.service, join(own, 'main.js'));
    return join(own, 'main.js');
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

function changed(code: string, [text, other]: Change): string {
  const found = [...code.matchAll(asBundled(text))];
  const [match] = found;
  if (!match || found.length > 1) throw new Error(`the bundle contains ${found.length} times: ${text}`);
  const names = new Map(namesIn(text).map((name, i) => [name, match[i + 1]]));
  const changedText = other.replaceAll(NAME, (name) => names.get(name) ?? name);
  return code.slice(0, match.index) + changedText + code.slice(match.index + match[0].length);
}

const NAME = /[a-z_]\w*/gi;
const namesIn = (text: string): readonly string[] => text.match(NAME) ?? [];

/**
 * Matches text however the bundle sets its spaces and breaks its lines, also within strings, and with the numbers that it
 * adds to names that it has twice.
 */
function asBundled(text: string): RegExp {
  const parts = text.match(/\w+|[^\w\s]/g) ?? [];
  const patterns = parts.map((part) =>
    namesIn(part).length > 0 ? String.raw`(${part}\d*)` : part.replace(/\W/, String.raw`\$&`),
  );
  return new RegExp(patterns.join(String.raw`(?:\\?\s)*`), 'g');
}
