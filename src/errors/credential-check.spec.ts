import { readFileSync } from 'node:fs';
import { CREDENTIAL_CHECKS, lastRefusal } from './credential-check.js';

it('N18 docs/operations.md describes each check of a credential', () => {
  const page = readFileSync('docs/operations.md', 'utf8');
  const [, section = ''] = page.split('\n### Checks of a credential\n');
  const [table = ''] = section.split(/\n#{2,3} /);
  const documented = [...table.matchAll(/^\| `([a-z-]+)` /gm)].map(([, check]) => check);
  expect(documented).toEqual([...CREDENTIAL_CHECKS]);
});

it('N18 the last refusal is the one after the most checks', () => {
  const refusals = [
    { verifier: 'jwks', check: 'issuer' },
    { verifier: 'oidc', check: 'expired' },
    { verifier: 'public-key', check: 'signature' },
  ] as const;
  expect(lastRefusal(refusals)).toBe(refusals[1]);
  expect(lastRefusal([])).toBeUndefined();
});
