import { joinEntries } from './join-entries.js';
import type { TableEntry } from './table-entry.js';

const LATER = 9000;

const revoked = (version: number, before: number, mark = 0, until = LATER): TableEntry => ({
  version,
  mark,
  until,
  payload: String(before),
});
const lifted = (version: number, until = LATER): TableEntry => ({
  version,
  mark: version,
  until,
  payload: '',
});
const rights = (version: number, payload: string): TableEntry => ({
  version,
  mark: 1,
  until: LATER,
  payload,
});

describe('rows of two nodes', () => {
  it('S2 keep the later moment and the longer memory', () => {
    expect(joinEntries('revoked', revoked(1, 2000, 0, 10), revoked(2, 1000, 0, 20))).toEqual(
      revoked(2, 2000, 0, 20),
    );
    const forGood = { ...revoked(3, 0), payload: 'inf' };
    expect(joinEntries('revoked', revoked(5, 9e15), forGood).payload).toBe('inf');
  });

  it('stay lifted when an older row is told again', () => {
    expect(joinEntries('revoked', lifted(2, 10), revoked(1, 2000, 0, 20))).toEqual(lifted(2, 20));
    expect(joinEntries('revoked', revoked(1, 2000), lifted(2))).toEqual(lifted(2));
  });

  it('keep a row that is later than a lift, and not the lifted one', () => {
    const again = revoked(3, 500, 2);
    expect(joinEntries('banned', again, revoked(1, 2000))).toEqual(again);
    expect(joinEntries('banned', revoked(1, 2000), again)).toEqual(again);
    expect(joinEntries('banned', lifted(2), revoked(3, 500))).toEqual(again);
  });

  it('Z5 newer rights replace older ones', () => {
    expect(joinEntries('rights', rights(2, '{"b":1}'), rights(1, '{"a":1}'))).toEqual(rights(2, '{"b":1}'));
    expect(joinEntries('rights', rights(1, '{"a":1}'), rights(2, '{"b":1}'))).toEqual(rights(2, '{"b":1}'));
  });

  it('are the same whoever joins, and told again change nothing', () => {
    const rows = [1, 2, 3].flatMap((version) => [
      lifted(version),
      ...[500, 2000].flatMap((before) => [0, 1, 2].map((mark) => revoked(version, before, mark))),
    ]);
    const known = rows.filter(({ version, mark, payload }) => mark < version || payload === '');
    for (const one of known)
      for (const other of known) {
        const joined = joinEntries('revoked', one, other);
        if (one.version !== other.version) expect(joinEntries('revoked', other, one)).toEqual(joined);
        expect(joinEntries('revoked', joined, one)).toBe(joined);
        expect(joinEntries('revoked', joined, other)).toBe(joined);
      }
  });
});
