import fc from 'fast-check';
import { AcceptedHits } from './accepted-hits.js';

it('R2 remembers hits in their order, however many come and go', () => {
  const steps = fc.array(fc.integer({ min: -20, max: 20 }), { maxLength: 100 });
  fc.assert(
    fc.property(steps, (counts) => {
      const hits = new AcceptedHits();
      const model: number[] = [];
      let now = 0;
      for (const count of counts) {
        for (let i = 0; i < count; i++) {
          hits.push((now += 0.5));
          model.push(now);
        }
        for (let i = count; i < 0 && model.length > 0; i++) {
          hits.shift();
          model.shift();
        }
        expect(hits.size).toBe(model.length);
        expect(hits.oldest).toBe(model[0] ?? Infinity);
        expect(model.map((_, i) => hits.latest(model.length - i))).toEqual(model);
        expect(hits.latest(model.length + 1)).toBe(-Infinity);
      }
    }),
  );
});

it('R2 gives memory back', () => {
  const hits = new AcceptedHits();
  for (let now = 0; now < 1000; now++) hits.push(now);
  expect(hits.capacity).toBe(1024);
  for (let i = 0; i < 998; i++) hits.shift();
  expect(hits.capacity).toBeLessThanOrEqual(8);
  expect([hits.latest(1), hits.latest(2)]).toEqual([999, 998]);
});
