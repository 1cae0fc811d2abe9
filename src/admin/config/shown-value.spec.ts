import { shownValue } from './shown-value.js';

it('C3 shows nothing of a secret but whether it is set', () => {
  expect(shownValue('canary', true)).toBe('set');
  expect(shownValue(['canary'], true)).toBe('set');
  expect(shownValue(undefined, true)).toBeNull();
  expect(shownValue([], true)).toBeNull();
});

it('C3 shows URLs without credentials', () => {
  expect(shownValue('https://user:canary@id.test/path?a=b@c', false)).toBe('https://***@id.test/path?a=b@c');
  expect(shownValue(['https://canary@id.test'], false)).toEqual(['https://***@id.test']);
  expect(shownValue('https://id.test/@path', false)).toBe('https://id.test/@path');
});

it('shows texts, numbers, flags and lists, and of anything else only that it is there', () => {
  for (const value of ['text', 7, true, ['a', 'b']]) expect(shownValue(value, false)).toEqual(value);
  expect(shownValue({ secret: 'canary' }, false)).toBe('set');
  expect(shownValue(undefined, false)).toBeNull();
});
