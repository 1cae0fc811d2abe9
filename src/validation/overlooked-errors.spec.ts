import 'reflect-metadata';
import { quickest } from '../../test/support/quickest.js';
import { overlookedErrors } from './overlooked-errors.js';

describe('overlookedErrors()', () => {
  it('I6 does not read bytes as text', () => {
    const body = { file: Buffer.alloc(48_000) };
    expect(overlookedErrors(body)).toEqual([]);
    expect(quickest(() => overlookedErrors(body), 1)).toBeLessThan(1);
  });
});
