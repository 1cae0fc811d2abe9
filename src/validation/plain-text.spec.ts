import fc from 'fast-check';
import { plainText } from './plain-text.js';
import { quickest } from '../../test/support/quickest.js';

describe('plainText', () => {
  it.each([
    ['Tom & Jerry', 'Tom & Jerry'],
    ['a < b', 'a < b'],
    ['I <3 you', 'I <3 you'],
    ['&lt;b&gt;', '&lt;b&gt;'],
    ['1 > 0', '1 > 0'],
    ['<b>bold</b>', 'bold'],
    ['<script>alert(1)</script>', 'alert(1)'],
    ['<img src=x onerror=alert(1)>', ''],
    ['<img src=x onerror=alert(1)', ''],
    ['<a title="1 > 0">text</a>', 'text'],
    ["<a title = '>' b>text", 'text'],
    ['<!-- a > b -->text', 'text'],
    ['<!doctype html>text', 'text'],
    ['<?xml version="1.0"?>text', 'text'],
    ['<<b>script>alert(1)<</b>/script>', 'alert(1)'],
    ['<scr<b>ipt>', 'ipt>'],
    ['</b>text', 'text'],
    ['a <', 'a <'],
    ['', ''],
  ])('I10 %p becomes %p', (text, expected) => {
    expect(plainText(text)).toBe(expected);
  });

  it('I10 leaves nothing that starts markup, and changes nothing the second time', () => {
    const pieces = fc.array(fc.constantFrom('<', '>', 'b', '/', '!', '--', '"', "'", '=', ' ', 'x', '?'), {
      maxLength: 60,
    });
    fc.assert(
      fc.property(pieces, (list) => {
        const once = plainText(list.join(''));
        expect(once).not.toMatch(/<[a-zA-Z/!?]/);
        expect(plainText(once)).toBe(once);
      }),
      { numRuns: 2000 },
    );
  });

  it('I6 takes less than 10 ms for the worst 64 KiB', () => {
    for (const worst of ['<', '<b', '<!--', '<a ="', '<<b>', '<a = ']) {
      const text = worst.repeat(Math.ceil(65_536 / worst.length)).slice(0, 65_536);
      expect(quickest(() => plainText(text), 10)).toBeLessThan(10);
    }
  });
});
