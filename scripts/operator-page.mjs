/*
 * Makes the operator's page of operator-page/, one HTML file with its style and script inside, and writes it into the
 * build as a module, which bundlers of applications keep.
 */
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { build } from 'esbuild';

const FOLDER = 'operator-page';
const TARGET = 'dist/admin/page/page-source.js';
/** Bytes of the whole page. */
const MOST_BYTES = 30 * 1024;

async function bundled(entry) {
  const { outputFiles } = await build({
    entryPoints: [`${FOLDER}/${entry}`],
    bundle: true,
    minify: true,
    write: false,
    format: 'iife',
    target: 'es2022',
    charset: 'utf8',
    legalComments: 'none',
    logLevel: 'warning',
    tsconfigRaw: { compilerOptions: { useDefineForClassFields: false } },
  });
  return outputFiles[0].text.trim();
}

const [script, style] = await Promise.all([bundled('main.ts'), bundled('style.css')]);
if (/<\/(script|style)|<!--/i.test(script + style)) throw new Error('the page would end too early');

const sourceOf = (text) => `sha256-${createHash('sha256').update(text).digest('base64')}`;
const html = readFileSync(`${FOLDER}/index.html`, 'utf8')
  .replaceAll(/<!-- .*? -->/gs, '')
  .replaceAll(/\s*\n\s*/g, '\n')
  .replace('<link rel="stylesheet" href="style.css" />', () => `<style>${style}</style>`)
  .replace('<script src="main.ts"></script>', () => `<script>${script}</script>`);
if (!html.includes(style) || !html.includes(script)) throw new Error('index.html has no place for them');
const bytes = Buffer.byteLength(html);
if (bytes > MOST_BYTES) throw new Error(`the page has ${bytes} bytes, and must have at most ${MOST_BYTES}`);

const source = { html, script: sourceOf(script), style: sourceOf(style) };
writeFileSync(TARGET, `export const PAGE_SOURCE = ${JSON.stringify(source)};\n`);
console.log(`The operator's page has ${bytes} bytes.`);
