import { parseArgs } from 'node:util';

export const USAGE = `Usage: nestjs-ws-security contract --app <file> [options]

Writes the contract of an application as an AsyncAPI 3.0 document. The application starts, but does not listen.

  --app <file>       the compiled module of the application, such as dist/app.module.js
  --module <name>    the exported class of the module (default: AppModule, or the only module of the file)
  --out <file>       the file of the document (default: the document is printed)
  --env <file>       sets the variables of the file, except those that are set already
  --check            compares the file with the application instead of writing it; exits with 1 if they differ
`;

/** The arguments of the command. */
export interface ContractArguments {
  readonly app: string;
  readonly module: string | undefined;
  readonly out: string | undefined;
  readonly check: boolean;
  /** A file with variables. */
  readonly envFile: string | undefined;
}

/** An argument is wrong. Its message says which one and why, so nobody needs its stack. */
export class ArgumentError extends Error {
  override readonly name = 'ArgumentError';
}

/** What Node says about a file, as in `ENOENT`. */
export const reasonOf = (error: unknown): string => (error as NodeJS.ErrnoException).code ?? String(error);

/** @throws ArgumentError, or the TypeError of Node for an option that does not exist */
export function contractArguments(args: readonly string[]): ContractArguments | 'help' {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      app: { type: 'string' },
      module: { type: 'string' },
      out: { type: 'string' },
      check: { type: 'boolean', default: false },
      env: { type: 'string' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) return 'help';
  const { app, module, out, check, env: envFile } = values;
  if (positionals.length !== 1 || positionals[0] !== 'contract')
    throw new ArgumentError('The only command is "contract".');
  if (app === undefined)
    throw new ArgumentError('--app is missing: the compiled module, such as dist/app.module.js.');
  if (check && out === undefined) throw new ArgumentError('--check needs --out, the file to compare with.');
  return { app, module, out, check, envFile };
}
