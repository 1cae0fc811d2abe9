import { mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { spawn } from 'node:child_process';
import { TypeScriptGenerator } from '@asyncapi/modelina';
import { WsContract } from 'nestjs-ws-security';
import { ChatGateway } from '../../example/server/chat/chat.gateway.js';
import { CurrentNode } from '../../example/server/chat/current-node.js';
import { compile } from '../support/compile.js';
import { startApp } from '../support/start-app.js';
import { mintToken } from '../support/tokens.js';

/** A client of another application, which knows nothing but the generated types. */
const CLIENT = `
import { WebSocket } from 'ws';
import type { ErrorFrame, WsEchoReply, WsEchoRequest } from './models.js';

const [url, token] = process.argv.slice(2) as [string, string];
const request: WsEchoRequest = { event: 'echo', data: { text: 'from a generated client' }, id: 7 };
const socket = new WebSocket(url, { headers: { Authorization: \`Bearer \${token}\` } });
socket.on('open', () => socket.send(JSON.stringify(request)));
socket.on('message', (data) => {
  const frame = JSON.parse(String(data)) as WsEchoReply | ErrorFrame;
  console.log(frame.event === 'echo' ? frame.data.text : frame.data.code, frame.id);
  socket.close();
});
`;

/** What the types must refuse. */
const WRONG = `
import type { WsChatSendRequest, WsEchoRequest } from './models.js';
export const event: WsEchoRequest = { event: 'echoo', data: { text: '' } };
export const body: WsEchoRequest = { event: 'echo', data: { txt: '' } };
export const missing: WsChatSendRequest = { event: 'chat.send', data: { room: 'a' } };
`;

const COMPILER_OPTIONS = {
  target: 'ES2022',
  lib: ['ES2022'],
  module: 'NodeNext',
  moduleResolution: 'NodeNext',
  strict: true,
  skipLibCheck: true,
  types: ['node'],
};

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'generated-'));
  await writeFile(join(folder, 'package.json'), '{ "type": "module" }');
  await symlink(join(process.cwd(), 'node_modules'), join(folder, 'node_modules'));
});

afterAll(() => rm(folder, { recursive: true }));

async function generate(document: object): Promise<void> {
  const generator = new TypeScriptGenerator({
    modelType: 'interface',
    enumType: 'union',
    mapType: 'record',
    // The names of properties are those of the wire.
    constraints: {
      propertyKey: ({ objectPropertyModel }) => `'${objectPropertyModel.propertyName}'`,
    },
  });
  const models = await generator.generate(document);
  await writeFile(join(folder, 'models.ts'), models.map(({ result }) => `export ${result}\n`).join(''));
}

/** Writes the client, what is wrong, and a configuration that compiles both. @returns the configuration */
async function project(): Promise<string> {
  await writeFile(join(folder, 'client.ts'), CLIENT);
  await writeFile(join(folder, 'wrong.ts'), WRONG);
  const file = join(folder, 'tsconfig.json');
  const files = ['client.ts', 'wrong.ts'];
  await writeFile(file, JSON.stringify({ compilerOptions: COMPILER_OPTIONS, files }));
  return file;
}

function run(file: string, ...args: string[]): Promise<string> {
  const child = spawn(process.execPath, [join(folder, file), ...args]);
  let text = '';
  child.stdout.on('data', (data: Buffer) => (text += data.toString()));
  child.stderr.on('data', (data: Buffer) => (text += data.toString()));
  return new Promise((resolve) => child.once('close', () => resolve(text)));
}

it('types that Modelina generates from the contract compile, and a client with them echoes', async () => {
  const { app, url } = await startApp({ gateways: [ChatGateway], providers: [CurrentNode] });
  try {
    await generate(app.get(WsContract).document());
    expect(await readFile(join(folder, 'models.ts'), 'utf8')).not.toMatch(/Anonymous/);
    const [errors] = compile(await project());
    expect(await run('client.js', `${url}/ws`, await mintToken())).toBe('from a generated client 7\n');
    // Further lines of an error are indented.
    expect(errors?.trim().split(/\n(?=\S)/)).toEqual([
      expect.stringMatching(/wrong\.ts.*'"echoo"' is not assignable/) as string,
      expect.stringMatching(/wrong\.ts.*'txt' does not exist/) as string,
      expect.stringMatching(/wrong\.ts.*'text'' is missing/) as string,
    ]);
  } finally {
    await app.close();
  }
});
