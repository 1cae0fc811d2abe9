import { SharedTable } from './shared-table.js';
import type { TableEntry } from './table-entry.js';

const row = (version: number, until: number, payload = '1'): TableEntry => ({
  version,
  mark: 0,
  until,
  payload,
});

describe('a table that is shared', () => {
  it('tells of what changes, once', () => {
    const table = new SharedTable('revoked');
    const told: unknown[] = [];
    table.onChanged((key, { payload }, before) => told.push([key, payload, before?.payload]));
    table.join('a', row(1, 100));
    table.join('a', row(1, 100));
    table.join('a', row(2, 100, '5'));
    expect(told).toEqual([
      ['a', '1', undefined],
      ['a', '5', '1'],
    ]);
  });

  it('R11 drops what has outlived itself, now and then', () => {
    const table = new SharedTable('revoked');
    table.join('short', row(1, 100));
    table.join('long', row(1, Infinity));
    table.sweep(99);
    expect(table.size).toBe(2);
    expect([...table.remembered(100)].map(([key]) => key)).toEqual(['long']);
    table.sweep(100);
    expect(table.size).toBe(2);
    table.sweep(20_000);
    expect(table.size).toBe(1);
  });

  it('knows that Redis has lost a version only when it was asked afterwards', () => {
    const table = new SharedTable('revoked');
    table.reached(5, 1000);
    expect(table.isAhead(4, 999)).toBe(false);
    expect(table.isAhead(4, 1000)).toBe(true);
    expect(table.isAhead(5, 1000)).toBe(false);
    table.reached(4, 2000);
    expect(table.knownVersion).toBe(5);
  });

  it('finds keys that UTF-8 cannot carry as Redis keeps them', () => {
    const table = new SharedTable('revoked');
    table.join('user:\ufffd', row(1, 100));
    expect(table.get('user:\ud800')).toEqual(row(1, 100));
    expect(table.get('user:😀')).toBeUndefined();
  });
});
