import { readFileSync } from 'node:fs';
import { SECURITY_EVENT_TYPES, type SecurityEvent } from './security-event.js';
import { SECURITY_EVENT_TABLE } from './security-event-table.js';

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

  it('L7 has the keywords and severities that docs/operations.md lists', () => {
    const page = readFileSync('docs/operations.md', 'utf8');
    const [, section = ''] = page.split('\n### Severity and keyword\n');
    const rows = [
      ...(section.split('\n### ')[0] as string).matchAll(/^\| `(\w+)` *\| `(\w+)` *\| (`.*`) *\|$/gm),
    ];
    const listed = rows.flatMap(([, owasp, severity, types = '']) =>
      [...types.matchAll(/`([^`]+)`/g)].map(([, type]) => [type, owasp, severity]),
    );
    const kinds = Object.entries(SECURITY_EVENT_TABLE);
    const known = kinds.map(([type, { owasp, severity }]) => [type, owasp, severity]);
    expect(listed.toSorted()).toEqual(known.toSorted());
  });

  it('has no type that nothing emits', () => {
    // @ts-expect-error -- the compiler refuses it
    const event: SecurityEvent = { type: 'handshake.refusd' };
    expect(SECURITY_EVENT_TYPES).not.toContain(event.type);
  });
});
