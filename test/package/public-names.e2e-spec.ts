import { spawnSync } from 'node:child_process';

it('the list of public names is up to date, says what each is, and none of them needs a hidden one', () => {
  const check = spawnSync(process.execPath, ['scripts/public-names.mjs', '--check'], { encoding: 'utf8' });
  expect(check.stderr).toBe('');
  expect(check.status).toBe(0);
});
