import { readFileSync } from 'node:fs';
import { SECURITY_EVENT_TYPES, type SecurityEvent } from './security-event.js';

describe('SecurityEvent', () => {
  it('has exactly the types that docs/operations.md lists', () => {
    const page = readFileSync('docs/operations.md', 'utf8');
    const [section = ''] = page
      .slice(page.indexOf('\n## Security events') + 1)
      .split(/\n#{2,3} (?!Security events)/);
    const firstCells = [...section.matchAll(/^\| (`[^|]*)\|/gm)].map(([, cell]) => cell as string);
    const documented = firstCells.flatMap((cell) => [...cell.matchAll(/`([^`]+)`/g)].map(([, type]) => type));
    expect(documented.toSorted()).toEqual(SECURITY_EVENT_TYPES.toSorted());
  });

  it('has no type that nothing emits', () => {
    // @ts-expect-error -- the compiler refuses it
    const event: SecurityEvent = { type: 'handshake.refusd' };
    expect(SECURITY_EVENT_TYPES).not.toContain(event.type);
  });
});
