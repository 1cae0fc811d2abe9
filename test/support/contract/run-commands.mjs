// Runs commands of the built package one after the other in one process, which loads the application once, as
// `node run-commands.mjs <JSON list of lists of arguments>`. Its last line is what each one ended with
// and said, as JSON.
import process from 'node:process';
import { contractArguments } from '../../../dist/contract/cli/arguments.js';
import { contractCommand } from '../../../dist/contract/cli/contract-command.js';

async function run(given) {
  const said = { out: '', error: '' };
  const output = { out: (text) => (said.out += text), error: (text) => (said.error += text) };
  try {
    return { code: await contractCommand(contractArguments(given), output), ...said };
  } catch (error) {
    return { ...said, thrown: error.message };
  }
}

const outcomes = [];
for (const given of JSON.parse(process.argv[2])) outcomes.push(await run(given));
process.stdout.write(`\n${JSON.stringify(outcomes)}`, () => process.exit());
