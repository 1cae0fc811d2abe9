import { WindowTable } from './window-table.js';

class Window {
  waiters = 0;
  idleAt = 0;

  constructor(readonly name: string) {}

  isIdle(now: number): boolean {
    return now >= this.idleAt;
  }
}

const tableOf = (most: number): WindowTable<Window> =>
  new WindowTable((name, ttl, key) => new Window(`${name}:${ttl}:${key}`), most);

describe('WindowTable', () => {
  it('R2 has one window for a throttler, a length and a key', () => {
    const table = tableOf(10);
    const window = table.get('default', 1000, 'key');
    expect(table.get('default', 1000, 'key')).toBe(window);
    expect(window.name).toBe('default:1000:key');
    for (const other of [
      table.get('second', 1000, 'key'),
      table.get('default', 2000, 'key'),
      table.get('default', 1000, 'other'),
    ])
      expect(other).not.toBe(window);
    expect(table.size).toBe(4);
  });

  it('R11 a new window takes the place of the oldest that nobody waits for', () => {
    const table = tableOf(3);
    const windows = ['a', 'b', 'c'].map((key) => table.get('default', 1000, key));
    (windows[0] as Window).waiters = 1;
    table.get('second', 1000, 'd');
    expect(table.size).toBe(3);
    expect(table.get('default', 1000, 'a')).toBe(windows[0]);
    expect(table.get('default', 1000, 'c')).toBe(windows[2]);
    expect(table.get('default', 1000, 'b')).not.toBe(windows[1]);
  });

  it('R11 forgets windows that count nothing any more', () => {
    const table = tableOf(10);
    table.get('default', 1000, 'a').idleAt = 10;
    table.get('second', 1000, 'b').idleAt = 20;
    table.sweep(10);
    expect([...table.all()].map(({ name }) => name)).toEqual(['second:1000:b']);
    table.sweep(20);
    expect(table.size).toBe(0);
    expect(table.get('default', 1000, 'a').idleAt).toBe(0);
  });
});
