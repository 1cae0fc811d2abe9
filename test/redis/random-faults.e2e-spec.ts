import { describeWithRedis } from '../support/redis-server.js';
import { runRandomFaults } from '../support/faults/random-faults.js';

/** `npm run faults -- --minutes=10 --seed=7` sets these. */
const SEED = Number(process.env['FAULTS_SEED'] ?? 1);
const DURATION_MS = Number(process.env['FAULTS_MS'] ?? 12_000);
/** Starts, what heals afterwards, and the last checks. */
const REST_MS = 120_000;

describeWithRedis('nodes over one Redis, with random faults', () => {
  it(
    'R2 R4 S2 Z5 N12 S5 S6 R11 R12 keep what is promised',
    async () => {
      const limits = SEED % 2 === 1 ? 'leased' : 'exact';
      const outage = SEED % 3 === 0 ? 'local' : 'deny';
      const rules = { seed: SEED, nodes: 3, outage, limits } as const;
      const { violations, counts } = await runRandomFaults(rules, DURATION_MS);
      process.stdout.write(
        `random faults: ${JSON.stringify({ ...rules, seconds: DURATION_MS / 1000, ...counts })}\n`,
      );
      expect(violations).toEqual([]);
      expect(counts).toMatchObject({ 'accepted messages': expect.any(Number) });
      for (const seen of ['accepted messages', 'tickets', 'stored pushes', 'sessions'])
        expect([seen, counts[seen]]).not.toEqual([seen, 0]);
    },
    DURATION_MS + REST_MS,
  );
});
