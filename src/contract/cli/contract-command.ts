import { readFile, writeFile } from 'node:fs/promises';
import { NestFactory } from '@nestjs/core';
import { WsContract } from '../ws-contract.js';
import { appModuleIn } from './app-module.js';
import { ArgumentError, type ContractArguments, reasonOf } from './arguments.js';
import { differencesOf } from './differences.js';

const MAX_LINES = 50;

/** What the command prints. */
export interface Output {
  readonly out: (text: string) => void;
  readonly error: (text: string) => void;
}

/**
 * @returns the exit code
 * @throws ArgumentError if it cannot read the application or a file, or not write the document
 */
export async function contractCommand(args: ContractArguments, output: Output): Promise<number> {
  const text = `${JSON.stringify(await documentOf(args), null, 2)}\n`;
  if (args.out === undefined) output.out(text);
  else if (args.check) return check(args.out, text, output);
  else await write(args.out, text);
  return 0;
}

async function documentOf({ app: file, module, envFile }: ContractArguments): Promise<object> {
  if (envFile !== undefined) setVariables(envFile);
  const type = await appModuleIn(file, module);
  const app = await NestFactory.createApplicationContext(type, { logger: ['error'], abortOnError: false });
  try {
    return app.get(WsContract, { strict: false }).document();
  } finally {
    await app.close();
  }
}

function setVariables(file: string): void {
  try {
    process.loadEnvFile(file);
  } catch (error) {
    throw new ArgumentError(`--env: ${file} cannot be read: ${reasonOf(error)}.`);
  }
}

async function write(file: string, text: string): Promise<void> {
  try {
    await writeFile(file, text);
  } catch (error) {
    throw new ArgumentError(`--out: ${file} cannot be written: ${reasonOf(error)}.`);
  }
}

async function check(file: string, text: string, { error }: Output): Promise<number> {
  const committed = await committedIn(file);
  if (committed === undefined) {
    error(`${file} does not exist. Run the command without --check to write it.\n`);
    return 1;
  }
  const differences = differencesOf(parsed(committed), JSON.parse(text));
  if (differences.length === 0) return 0;
  const shown = differences.slice(0, MAX_LINES);
  if (differences.length > MAX_LINES) shown.push(`… and ${differences.length - MAX_LINES} more`);
  error(
    `${file} is not the contract of the application. Run the command without --check to write it anew.\n`,
  );
  error(`${shown.map((line) => `  ${line}`).join('\n')}\n`);
  return 1;
}

/** Undefined if there is no such file. */
async function committedIn(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (reasonOf(error) === 'ENOENT') return undefined;
    throw new ArgumentError(`--out: ${file} cannot be read: ${reasonOf(error)}.`);
  }
}

/** A broken file differs in everything. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}
