import { differencesOf } from './differences.js';

it.each<[unknown, unknown, string[]]>([
  [{ a: 1, b: { c: [1, { d: 2, e: 3 }] } }, { b: { c: [1, { e: 3, d: 2 }] }, a: 1 }, []],
  [{ a: { b: 1 } }, { a: { b: 2 } }, ['~ a › b: 1 → 2']],
  [{ a: { 'chat.send': 1 } }, { a: {} }, ['- a › chat.send']],
  [{ a: {} }, { a: { 'chat.send': { x: 1 } } }, ['+ a › chat.send']],
  [{ a: ['x'] }, { a: ['x', 'y'] }, ['~ a: ["x"] → ["x","y"]']],
  [{ a: {} }, { a: [] }, ['~ a: {} → []']],
  [{}, { toString: 1 }, ['+ toString']],
])('%j and %j differ in %j', (committed, current, expected) => {
  expect(differencesOf(committed, current)).toEqual(expected);
});

it('a long value is cut, but compared as a whole', () => {
  const [line] = differencesOf({ a: 'x'.repeat(1000) }, { a: `${'x'.repeat(1000)}y` });
  expect(line).toMatch(/^~ a: "x+… → "x+…$/);
});
