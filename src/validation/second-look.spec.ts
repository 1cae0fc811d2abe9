import 'reflect-metadata';
import { quickest } from '../../test/support/quickest.js';
import { secondLook } from './second-look.js';

describe('secondLook()', () => {
  it('I6 does not read bytes as text', () => {
    const body = { file: Buffer.alloc(48_000) };
    expect(secondLook(body)).toEqual([]);
    expect(quickest(() => secondLook(body))).toBeLessThan(1);
  });
});
