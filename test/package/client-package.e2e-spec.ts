import { execFile, execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { compile } from '../support/compile.js';
import { EchoGateway } from '../support/echo.gateway.js';
import { startApp, type RunningApp } from '../support/start-app.js';
import { mintToken } from '../support/tokens.js';

const NAME = 'nestjs-ws-security-client';
const BUILT = 'dist-client';
const NPM = process.platform === 'win32' ? 'npm.cmd' : 'npm';
const MOST_BYTES = 120_000;
const TEST_MS = 180_000;

interface Manifest {
  version: string;
  dependencies?: object;
  peerDependencies?: object;
  engines: object;
}

const manifestAt = (path: string): Manifest => JSON.parse(readFileSync(path, 'utf8')) as Manifest;

let folder: string;

/** An empty folder with the packed client, and nothing else. */
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'client-'));
  const tarball = readdirSync(BUILT).find((name) => name.endsWith('.tgz')) ?? 'npm run build:client';
  // The client needs no other package, so there is nothing to download.
  const cache = ['--cache', join(folder, '.cache'), '--offline'];
  execFileSync(NPM, ['install', '--no-audit', '--no-fund', ...cache, resolve(BUILT, tarball)], {
    cwd: folder,
    stdio: 'pipe',
  });
}, TEST_MS);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

const installed = (path: string): string => join(folder, 'node_modules', NAME, path);

/** The files of a folder, with their bytes. */
function filesIn(path: string): [name: string, bytes: number][] {
  return readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => {
      const file = join(parentPath, name);
      return [file.slice(path.length + 1), readFileSync(file).length];
    });
}

it('P3 is one package without dependencies, with the code, the types and a README', () => {
  const packages = readdirSync(join(folder, 'node_modules')).filter((name) => !name.startsWith('.'));
  expect(packages).toEqual([NAME]);
  const { dependencies, peerDependencies } = manifestAt(installed('package.json'));
  expect({ dependencies, peerDependencies }).toEqual({});
  const files = filesIn(installed('.'));
  expect(files.map(([name]) => name)).toEqual(expect.arrayContaining(['README.md', 'LICENSE']));
  const unexpected =
    /^(package\.json|README\.md|LICENSE|(esm|cjs)\/(index\.js|package\.json|types\/.*\.d\.ts))$/;
  expect(files.filter(([name]) => !unexpected.test(name))).toEqual([]);
  const bytes = files.reduce((sum, [, size]) => sum + size, 0);
  expect(bytes).toBeLessThanOrEqual(MOST_BYTES);
});

it('has the version and the Node versions of the main package', () => {
  const { version, engines } = manifestAt('package.json');
  expect(manifestAt(installed('package.json'))).toMatchObject({ version, engines });
});

it('is the code of nestjs-ws-security/client, at most 5 KB minified and gzipped', async () => {
  const bundle = async (path: string): Promise<{ code: Buffer; names: string[] }> => {
    const { outputFiles, metafile } = await build({
      stdin: { contents: `export * from ${JSON.stringify(path)}`, resolveDir: folder },
      bundle: true,
      minify: true,
      format: 'esm',
      target: 'es2022',
      write: false,
      metafile: true,
    });
    const [output] = Object.values(metafile.outputs);
    return { code: Buffer.from(outputFiles[0]?.contents ?? []), names: output?.exports ?? [] };
  };
  const [own, original] = [await bundle(NAME), await bundle(resolve('dist/client/index.js'))];
  expect(own.names).toEqual(original.names);
  expect(own.names).toContain('WsClient');
  // The names of local variables may differ.
  expect(Math.abs(own.code.length - original.code.length)).toBeLessThan(100);
  expect(gzipSync(own.code, { level: 9 }).length).toBeLessThanOrEqual(5 * 1024);
});

describe('in Node, without another package', () => {
  let running: RunningApp;

  beforeAll(async () => {
    running = await startApp({ gateways: [EchoGateway] });
  });
  afterAll(() => running.close());

  /** Node 20 has a `WebSocket` behind a flag. */
  const flags = 'WebSocket' in globalThis ? [] : ['--experimental-websocket'];

  const USE = `
    const client = new WsClient({ url: process.env.URL, token: process.env.TOKEN });
    await client.connect();
    const { text } = await client.request('echo', { text: 'hi' });
    client.close();
    const refused = new WsClient({ url: process.env.URL, token: 'not a protocol entry' });
    const error = await refused.connect().catch((reason) => reason);
    console.log(JSON.stringify([text, error instanceof ConnectError, error.code]));
  `;

  it.each([
    ['import', 'main.mjs', `import { ConnectError, WsClient } from '${NAME}';\n${USE}`],
    [
      'require()',
      'main.cjs',
      `const { ConnectError, WsClient } = require('${NAME}');\n(async () => {${USE}})();`,
    ],
    [
      'the file for old bundlers',
      'old.cjs',
      `const { ConnectError, WsClient } = require('./node_modules/${NAME}/cjs');\n(async () => {${USE}})();`,
    ],
  ])(
    'connects with %s',
    async (_, file, code) => {
      writeFileSync(join(folder, file), code);
      const env = { PATH: process.env['PATH'], URL: `${running.url}/ws`, TOKEN: await mintToken() };
      const args = [...flags, '--disable-warning=ExperimentalWarning', file];
      const output = await new Promise<string>((done) => {
        execFile(process.execPath, args, { cwd: folder, env }, (error, stdout, stderr) =>
          done(`${stdout}${stderr}${error?.message ?? ''}`),
        );
      });
      expect(output).toBe('["hi",true,null]\n');
    },
    TEST_MS,
  );

  it('require() and import get the same classes', () => {
    const code = `
      import { createRequire } from 'node:module';
      import { RequestError } from '${NAME}';
      console.log(createRequire(import.meta.url)('${NAME}').RequestError === RequestError);
    `;
    writeFileSync(join(folder, 'same.mjs'), code);
    const { stdout, stderr } = spawnSync(process.execPath, ['same.mjs'], { cwd: folder, encoding: 'utf8' });
    expect([stdout, stderr]).toEqual(['true\n', '']);
  });
});

describe('types', () => {
  const CODE = `
import { CloseCode, ConnectError, RequestError, WsClient, type ClientStatus, type WsClientOptions } from '${NAME}';

const options: WsClientOptions = { url: 'wss://example.com', token: () => Promise.resolve('t'), WebSocket };
export const client: WsClient = new WsClient(options);
export const status: ClientStatus = client.status;
export async function use(): Promise<string> {
  try {
    await client.connect();
    const { text } = await client.request<{ text: string }>('echo');
    return text;
  } catch (error) {
    if (error instanceof ConnectError) return \`\${error.code === CloseCode.FORBIDDEN} \${error.reason}\`;
    if (error instanceof RequestError) return error.code;
    throw error;
  }
}
interface Events {
  requests: { rename: { body: { name: string }; reply: { at: Date } } };
  pushes: { renamed: { name: string } };
}
export async function useTyped(typed: WsClient<Events>): Promise<string> {
  typed.onPush('renamed', ({ name }) => name.trim());
  // @ts-expect-error There is no such event.
  typed.send('remove');
  const { at } = await typed.request('rename', { name: 'new' });
  return at;
}
// @ts-expect-error The URL is required.
export const wrong = new WsClient({});
`;

  const README = /```ts\n(.*?)```/s.exec(readFileSync('src/client/README.md', 'utf8'))?.[1] as string;

  const MODES = [
    ['commonjs', 'node10', 'commonjs'],
    ['commonjs', 'bundler', 'commonjs'],
    ['node16', 'node16', 'commonjs'],
    ['node16', 'node16', 'module'],
    ['node20', 'node16', 'commonjs'],
    ['nodenext', 'nodenext', 'commonjs'],
    ['nodenext', 'nodenext', 'module'],
    ['preserve', 'bundler', 'module'],
    ['esnext', 'bundler', 'module'],
  ] as const;
  let said: string[];

  const consumerOf = (mode: (typeof MODES)[number]): string => join(folder, mode.join('-'));

  /** @returns its configuration file */
  function makeConsumer(mode: (typeof MODES)[number]): string {
    const [module, moduleResolution, type] = mode;
    const consumer = consumerOf(mode);
    mkdirSync(consumer);
    const compilerOptions = {
      module,
      moduleResolution,
      target: 'ES2022',
      lib: ['ES2022', 'DOM'],
      types: [],
      strict: true,
      exactOptionalPropertyTypes: true,
      skipLibCheck: false,
      ignoreDeprecations: '6.0',
    };
    writeFileSync(join(consumer, 'package.json'), JSON.stringify({ type }));
    writeFileSync(join(consumer, 'index.ts'), CODE);
    writeFileSync(join(consumer, 'readme.ts'), type === 'module' ? README : '');
    const file = join(consumer, 'tsconfig.json');
    writeFileSync(file, JSON.stringify({ compilerOptions, files: ['index.ts', 'readme.ts'] }));
    return file;
  }

  beforeAll(() => {
    said = compile(...MODES.map(makeConsumer));
  }, TEST_MS);

  it.each(MODES.map((mode, index) => [...mode, index] as const))(
    'compile with module %s, moduleResolution %s in a package of type %s',
    (...[, , , index]) => {
      expect(said[index]).toBe('');
      expect(readdirSync(consumerOf(MODES[index] as (typeof MODES)[number]))).toContain('index.js');
    },
  );
});
