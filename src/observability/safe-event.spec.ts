import { safeEvent } from './safe-event.js';
import type { SecurityEvent } from './security-event.js';

const shown = (reason: unknown): unknown =>
  (safeEvent({ reason } as unknown as SecurityEvent) as unknown as { reason: unknown }).reason;

describe('safeEvent', () => {
  it('L3 writes out what would break, reorder or hide text, in lists and names too', () => {
    const hostile = 'a\r\nb\u001b[31m\u202e\u2028\u0000\u009b';
    const safe = 'a\\u000d\\u000ab\\u001b[31m\\u202e\\u2028\\u0000\\u009b';
    expect(shown(hostile)).toBe(safe);
    expect(shown([{ [hostile]: [hostile] }])).toEqual([{ [safe]: [safe] }]);
    // A soft hyphen, an interlinear annotation, and the tag of the letter A.
    expect(shown('\u00ad\ufff9\u{e0041}')).toBe('\\u00ad\\ufff9\\udb40\\udc41');
    expect(JSON.stringify(shown('\u009b'))).toMatch(/^[\x20-\x7e]+$/);
  });

  it('L3 cuts long texts and lists', () => {
    expect(shown('x'.repeat(500))).toBe('x'.repeat(200));
    expect(shown('\n'.repeat(500))).toHaveLength(200);
    expect(shown(Array.from({ length: 100 }, String))).toHaveLength(32);
  });

  it('leaves out what is undefined, and keeps numbers', () => {
    expect(shown({ a: undefined, b: 0, c: null, d: false })).toEqual({ b: 0, c: null, d: false });
  });
});
