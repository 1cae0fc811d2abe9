import { spawnSync } from 'node:child_process';

/** Tests that need promtool. Without it they are skipped; with CI=true they fail. */
export function describeWithPromtool(name: string, define: () => void): void {
  const isInstalled = spawnSync('promtool', ['--version']).status === 0;
  if (isInstalled || process.env['CI'] === 'true') describe(name, define);
  else describe.skip(`${name} (skipped: promtool is not installed)`, define);
}
