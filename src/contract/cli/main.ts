#!/usr/bin/env node
import { ArgumentError, type ContractArguments, contractArguments, USAGE } from './arguments.js';

const FAILED = 2;

function argumentsOrUsage(): ContractArguments | undefined {
  try {
    const args = contractArguments(process.argv.slice(2));
    if (args !== 'help') return args;
    process.stdout.write(USAGE);
    process.exitCode = 0;
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n\n${USAGE}`);
    process.exitCode = FAILED;
  }
  return undefined;
}

/** A wrong argument or configuration explains itself. Anything else needs its stack. */
function textOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const isExplained = error instanceof ArgumentError || error.name === 'WsConfigurationError';
  return isExplained ? error.message : (error.stack ?? error.message);
}

async function run(args: ContractArguments): Promise<void> {
  try {
    // Loads Nest, which wrong arguments need not wait for.
    const { contractCommand } = await import('./contract-command.js');
    process.exitCode = await contractCommand(args, {
      out: (text) => void process.stdout.write(text),
      error: (text) => void process.stderr.write(text),
    });
  } catch (error) {
    process.stderr.write(`${textOf(error)}\n`);
    process.exitCode = FAILED;
  }
  // The application may have left timers and connections behind.
  process.stdout.write('', () => process.exit());
}

const args = argumentsOrUsage();
if (args) void run(args);
