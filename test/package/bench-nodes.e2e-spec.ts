import { parseOrder } from '../../bench/arguments.js';
import { describeWithRedis } from '../support/redis-server.js';
import { smokeBench } from '../support/run-bench.js';

describeWithRedis('the benchmark of several nodes', () => {
  it('measures every part with real nodes', async () => {
    const { parts } = parseOrder([]);
    const { readings } = await smokeBench('--scenario=cluster');
    expect([...new Set(readings.map(({ part }) => part))]).toEqual(parts);
    const valueOf = (what: RegExp) => readings.find((reading) => what.test(reading.what))?.value;
    expect(valueOf(/connects at once.*: most/)).toBe(100);
    expect(valueOf(/pushes lost/)).toBe(0);
    expect(valueOf(/pushes received/)).toBeGreaterThan(0);
    expect(valueOf(/healthy: p50/)).toBeGreaterThan(0);
    const healing = readings.filter(({ what }) => what.endsWith('healthy again'));
    // One that never comes back is written as null.
    expect(healing.map(({ value }) => value)).toEqual([1, 2, 3].map(() => expect.any(Number)));
  }, 300_000);
});
