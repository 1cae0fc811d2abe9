import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { variablesOf } from '../../src/options/options-table.js';
import { OPTIONS } from '../../src/options/options.schema.js';
import { resolveOptions } from '../../src/options/resolve-options.js';

const pages = readdirSync('docs', { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.md'))
  .map((name) => join('docs', name));
const documents = ['README.md', 'CONTRIBUTING.md', 'SECURITY.md', 'CHANGELOG.md', 'llms.txt', ...pages];

const withoutCode = (text: string): string => text.replaceAll(/^ *```.*?^ *```$/gms, '');

/** The names by which GitHub links to headings. */
function anchorsOf(file: string): string[] {
  const headings = withoutCode(readFileSync(file, 'utf8')).matchAll(/^#+ (.+)$/gm);
  return [...headings].map(([, heading = '']) =>
    heading
      .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1')
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\- _]/gu, '')
      .replaceAll(' ', '-'),
  );
}

/** Links to other files and headings of this repository. */
function linksOf(file: string): { link: string; target: string; anchor: string | undefined }[] {
  const text = withoutCode(readFileSync(file, 'utf8'));
  const links = text.matchAll(/\]\(([^)\s]+)\)|(?:src|href)="([^"]+)"/g);
  return [...links]
    .map(([, markdown, html]) => (markdown ?? html) as string)
    .filter((link) => !/^[a-z]+:/.test(link))
    .map((link) => {
      const [path = '', anchor] = link.split('#');
      return { link, anchor, target: path === '' ? file : normalize(join(dirname(file), path)) };
    });
}

it.each(documents)('every link of %s leads to a file and a heading', (file) => {
  const dead = linksOf(file).filter(
    ({ target, anchor }) =>
      !existsSync(target) || (anchor !== undefined && !anchorsOf(target).includes(anchor)),
  );
  expect(dead.map(({ link }) => link)).toEqual([]);
});

it('the README leads to every page', () => {
  const reached = linksOf('README.md').map(({ target }) => target);
  const folders = reached.filter((target) => existsSync(target) && statSync(target).isDirectory());
  const inFolder = (page: string): boolean =>
    folders.some((folder) => `${dirname(page)}/` === join(folder, '/'));
  expect(pages.filter((page) => !reached.includes(page) && !inFolder(page))).toEqual([]);
});

it('llms.txt lists every page, with the title and the first sentence that it has now', () => {
  const { status, stderr } = spawnSync(process.execPath, ['scripts/llms.mjs', '--check'], {
    encoding: 'utf8',
  });
  expect([status, stderr]).toEqual([0, '']);
  const listed = linksOf('llms.txt').map(({ target }) => target);
  expect(pages.filter((page) => !listed.includes(page))).toEqual([]);
});

describe('docs/examples/kubernetes-metrics.yaml', () => {
  const page = readFileSync('docs/kubernetes.md', 'utf8');
  const manifest = readFileSync('docs/examples/kubernetes-metrics.yaml', 'utf8');

  it('is what docs/kubernetes.md shows', () => {
    expect(page).toContain(`\`\`\`yaml\n# docs/examples/kubernetes-metrics.yaml\n${manifest}\`\`\``);
  });

  it('C2 names the same secret and file everywhere', () => {
    const [, secret] =
      /kind: Secret\nmetadata:\n {2}name: (\S+)\nstringData:\n {2}token: /.exec(manifest) ?? [];
    expect(manifest).toContain(`credentials: { name: ${secret}, key: token }`);
    expect(page).toContain(`secret: { secretName: ${secret} }`);
    expect(page).toContain('{ name: WS_METRICS_TOKEN_FILE, value: /run/metrics/token }');
    expect(page).toContain('mountPath: /run/metrics,');
    expect(variablesOf(OPTIONS)).toContain('WS_METRICS_TOKEN_FILE');
  });
});

describe('docs/examples/kubernetes.yaml', () => {
  const manifest = readFileSync('docs/examples/kubernetes.yaml', 'utf8');
  const environment = Object.fromEntries(
    [...manifest.matchAll(/\{ name: ([A-Z_]+), value: '([^']*)' \}/g)].map(([, name, value]) => [
      name,
      value,
    ]),
  ) as Record<string, string>;

  it('is what docs/kubernetes.md shows', () => {
    expect(readFileSync('docs/kubernetes.md', 'utf8')).toContain(
      `\`\`\`yaml\n# docs/examples/kubernetes.yaml\n${manifest}\`\`\``,
    );
  });

  it('C2 is a configuration that starts in production, with known variables', () => {
    expect(resolveOptions({}, environment)).toMatchObject({ production: true, requireTls: true });
    const names = Object.keys(environment).filter((name) => name.startsWith('WS_'));
    expect(names.length).toBeGreaterThan(5);
    expect(names.filter((name) => !variablesOf(OPTIONS).includes(name))).toEqual([]);
  });

  it('S8 gives the process enough time after preStop to drain', () => {
    const secondsOf = (pattern: RegExp): number => Number(pattern.exec(manifest)?.[1]);
    const grace = secondsOf(/terminationGracePeriodSeconds: (\d+)/);
    const preStop = secondsOf(/sleep: \{ seconds: (\d+) \}/);
    const drain = resolveOptions({}, environment).drainTimeoutMs / 1000;
    expect(preStop).toBeGreaterThan(0);
    expect(grace).toBeGreaterThanOrEqual(preStop + drain + 5);
  });
});
