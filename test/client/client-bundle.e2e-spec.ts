import { gzipSync } from 'node:zlib';
import { build, type Message } from 'esbuild';

/** Bundles an import from the built package for a browser. */
async function bundle(code: string): Promise<{ text: string; gzipped: number; warnings: Message[] }> {
  const { outputFiles, warnings } = await build({
    stdin: { contents: code, resolveDir: process.cwd() },
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    write: false,
    logLevel: 'silent',
  });
  const text = outputFiles[0]?.text ?? '';
  return { text, gzipped: gzipSync(text, { level: 9 }).length, warnings };
}

const CLIENT = JSON.stringify('nestjs-ws-security/client');

it('the whole client is at most 5 KB, minified and gzipped', async () => {
  const { text, gzipped, warnings } = await bundle(`export * from ${CLIENT}`);
  expect(text).toContain('bearer.');
  expect(gzipped).toBeLessThanOrEqual(5 * 1024);
  expect(warnings).toEqual([]);
});

it('importing it has no side effects', async () => {
  expect((await bundle(`import ${CLIENT}`)).text.trim()).toBe('');
});

it.each([
  ['WS_SECURITY_PROTOCOL', 100],
  ['RequestError', 400],
  ['CloseCode', 600],
  ['reconnectAdvice', 1000],
])('%s can be bundled alone, in at most %i bytes', async (name, bytes) => {
  const { text } = await bundle(`export { ${name} } from ${CLIENT}`);
  expect(text).toContain(name);
  expect(text.length).toBeLessThanOrEqual(bytes);
});
