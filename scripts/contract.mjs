// Writes docs/asyncapi.json, the contract of the reference service, or compares it (--check). Needs the build.
import { spawnSync } from 'node:child_process';

const command = ['dist/contract/cli/main.js', 'contract', '--app', 'example/dist/server/app.module.js'];
const { PATH, HOME } = process.env;

// Only the defaults of development: the environment is part of the contract.
const { status } = spawnSync(
  process.execPath,
  [...command, '--out', 'docs/asyncapi.json', ...process.argv.slice(2)],
  { stdio: 'inherit', env: { PATH, HOME } },
);
process.exitCode = status ?? 1;
