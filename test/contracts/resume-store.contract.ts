import { ResumeMemory } from '../../src/connection/resume/resume-memory.js';
import { ResumeSession } from '../../src/connection/resume/resume-session.js';
import type { ResumeStore } from '../../src/connection/resume/resume-store.js';
import { ManualClock } from '../support/manual-clock.js';
import { tokenPrincipal } from '../support/token-principal.js';

/**
 * What every `ResumeStore` has to do.
 *
 * @param pass lets milliseconds go by
 */
export function describeResumeStore(
  name: string,
  create: () => ResumeStore | Promise<ResumeStore>,
  pass: (ms: number) => void | Promise<void>,
): void {
  describe(`${name} as a ResumeStore`, () => {
    const limits = { resumeMaxMessages: 10, resumeMaxBytes: 1000 };
    const session = new ResumeSession(
      'principal:0::alice',
      tokenPrincipal('alice', Infinity),
      '/ws',
      0,
      limits,
      new ResumeMemory(new ManualClock()),
    );
    let store: ResumeStore;

    beforeEach(async () => {
      store = await create();
      await store.put('hash', session, 1000);
    });

    it('S5 of fifty who take a session at once a single one gets it', async () => {
      const taken = await Promise.all(
        Array.from({ length: 50 }, async () => store.take('hash', session.owner)),
      );
      expect(taken.filter((found) => found === session)).toHaveLength(1);
      expect(taken.filter((found) => found === undefined)).toHaveLength(49);
    });

    it('S5 is for its owner, and an attempt of somebody else takes nothing away', async () => {
      expect(await store.take('hash', 'principal:0::bob')).toBeUndefined();
      expect(await store.take('other', session.owner)).toBeUndefined();
      expect(await store.take('hash', session.owner)).toBe(session);
    });

    it('S5 forgets what was not taken in time', async () => {
      await pass(1000);
      expect(await store.take('hash', session.owner)).toBeUndefined();
    });

    it('forgets what is deleted, and keeps what is put again', async () => {
      await store.put('hash', session, Infinity);
      await pass(5000);
      expect(await store.take('hash', session.owner)).toBe(session);
      await store.put('hash', session, 1000);
      await store.delete('hash');
      expect(await store.take('hash', session.owner)).toBeUndefined();
    });
  });
}
