import { logLine } from './log-line.js';

describe('logLine', () => {
  it('L3 keeps each event on one line, whatever text it contains', () => {
    const hostile = 'a\r\nb\u001b[31m\u202e\u2028\u0000\u009b';
    const line = logLine({ path: hostile });
    expect(line).toMatch(/^[\x20-\x7e]+$/);
    expect(JSON.parse(line)).toEqual({ path: hostile });
  });

  it('L3 truncates long values', () => {
    const { path } = JSON.parse(logLine({ path: 'x'.repeat(500) })) as { path: string };
    expect(path).toBe('x'.repeat(200));
  });
});
