import { combined } from './combined.js';

describe('combined', () => {
  it.each(['minimum', 'exclusiveMinimum', 'minLength', 'minItems', 'minProperties'])(
    'the highest %s holds',
    (keyword) => {
      expect(combined([{ [keyword]: 1 }, { [keyword]: 3 }, { [keyword]: 2 }])).toEqual({ [keyword]: 3 });
    },
  );

  it.each(['maximum', 'exclusiveMaximum', 'maxLength', 'maxItems', 'maxProperties'])(
    'the lowest %s holds',
    (keyword) => {
      expect(combined([{ [keyword]: 2 }, { [keyword]: 1 }, { [keyword]: 3 }])).toEqual({ [keyword]: 1 });
    },
  );

  it('an integer is also a number', () => {
    expect(combined([{ type: 'number' }, { type: 'integer' }])).toEqual({ type: 'integer' });
    expect(combined([{ type: 'number' }, { type: 'number' }])).toEqual({ type: 'number' });
  });

  it('keeps what one keyword cannot say', () => {
    expect(combined([{ pattern: 'a' }, { pattern: 'b' }, { pattern: 'c', type: 'string' }])).toEqual({
      type: 'string',
      pattern: 'a',
      allOf: [{ pattern: 'b' }, { pattern: 'c' }],
    });
    expect(combined([{ type: 'string' }, { type: 'number' }])).toEqual({
      type: 'string',
      allOf: [{ type: 'number' }],
    });
  });
});
