// Writes llms.txt, the index of the documentation for language models (https://llmstxt.org), from the titles and first
// sentences of the pages. `--check` compares instead of writing.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import process from 'node:process';

const INDEX = 'llms.txt';
const SECTIONS = [
  ['Documentation', 'docs'],
  ['Moving an application', 'docs/migration'],
  ['Recipes', 'docs/recipes'],
];

const pagesOf = (folder) =>
  readdirSync(folder)
    .filter((name) => name.endsWith('.md'))
    .toSorted()
    .map((name) => join(folder, name));

/** Markdown as plain text: links and code lose their marks. */
const plain = (text) => text.replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1').replaceAll(/[`*]/g, '');

function entryOf(page) {
  const text = readFileSync(page, 'utf8');
  const [, title] = /^# (.+)$/m.exec(text) ?? [];
  const sections = [...text.matchAll(/^## (.+)$/gm)].map(([, name]) => plain(name));
  const [, first = ''] = /^# .+\n\n((?![#|<`-]).+(?:\n.+)*)/.exec(text) ?? [];
  const [sentence = ''] = /^.*?[.:](?= |$)/.exec(plain(first).replaceAll('\n', ' ')) ?? [];
  const summary = [
    sentence.replace(/:$/, '.'),
    sections.length > 0 ? `Sections: ${sections.join(', ')}.` : '',
  ];
  return `- [${plain(title)}](${page}): ${summary.filter(Boolean).join(' ')}`;
}

const { name, description } = JSON.parse(readFileSync('package.json', 'utf8'));
const lines = [
  `# ${name}`,
  `> ${description}`,
  'Made from the pages by `npm run llms`. The examples in `docs/examples` are compiled and run in the tests.',
  '## Start\n',
  [
    '- [README](README.md): from an empty folder to an authenticated echo, features and benchmarks.',
    '- [.env.example](.env.example): every variable with its default.',
    '- [CHANGELOG](CHANGELOG.md): what has changed.',
    '- [SECURITY](SECURITY.md): how to report a vulnerability.',
  ].join('\n'),
];
for (const [heading, folder] of SECTIONS)
  lines.push(`## ${heading}\n`, pagesOf(folder).map(entryOf).join('\n'));

const known = new Set(SECTIONS.map(([, folder]) => folder));
const unknown = readdirSync('docs', { recursive: true, withFileTypes: true })
  .filter((entry) => entry.name.endsWith('.md') && !known.has(relative('.', entry.parentPath)))
  .map((entry) => join(entry.parentPath, entry.name));
if (unknown.length > 0)
  throw new Error(`These pages are in a folder that is not listed: ${unknown.join(', ')}`);

const text = `${lines.join('\n\n').replaceAll('\n\n\n', '\n\n')}\n`;
if (!process.argv.includes('--check')) writeFileSync(INDEX, text);
else if (readFileSync(INDEX, 'utf8') !== text) {
  console.error(`${INDEX} is not up to date: run npm run llms`);
  process.exitCode = 1;
}
