import { Histogram } from './histogram.js';

it('O1 a value belongs to the first bucket whose bound it does not exceed', () => {
  const subject = new Histogram([1, 5]);
  for (const value of [0, 1, 1.5, 5]) subject.observe(value);
  subject.observe(53, 2);
  expect([...subject.counts]).toEqual([2, 2, 2]);
  expect(subject.count).toBe(6);
  expect(subject.sum).toBe(113.5);
});
