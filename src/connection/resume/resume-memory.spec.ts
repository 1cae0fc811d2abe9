import { Logger } from '@nestjs/common';
import fc from 'fast-check';
import { ManualClock } from '../../../test/support/manual-clock.js';
import { PushText } from '../../protocol/push-text.js';
import type { ServedConnection } from '../served-connection.js';
import { ANONYMOUS } from '../principal.js';
import { ResumeMemory } from './resume-memory.js';
import { ResumeSession } from './resume-session.js';

const everything = (): boolean => true;
const connectionOf = (id: number): ServedConnection => ({ id: String(id) }) as ServedConnection;
const pushOf = (size: number): PushText => new PushText('tick', `"${'x'.repeat(size)}"`);

class SmallMemory extends ResumeMemory {
  override readonly maxBytes: number = 10_000;
}

let memory: SmallMemory;

beforeEach(() => {
  Logger.overrideLogger(false);
  memory = new SmallMemory(new ManualClock());
});

afterAll(() => Logger.overrideLogger(undefined as never));

function sessionOn(id: number, limits = {}): ResumeSession {
  const session = new ResumeSession(
    { owner: `owner-${id}`, path: '/ws', startedAt: 0, at: '' },
    ANONYMOUS,
    { resumeMaxMessages: 100, resumeMaxBytes: 5000, ...limits },
    memory,
  );
  session.attach(connectionOf(id));
  return session;
}

const missed = (session: ResumeSession, seq: number): number | undefined =>
  session.since(seq, everything)?.length;

it('S6 the clients that left first lose what was kept for them, before any that is connected', () => {
  const [here, first, second, third] = [1, 2, 3, 4].map((id) => sessionOn(id)) as [
    ResumeSession,
    ResumeSession,
    ResumeSession,
    ResumeSession,
  ];
  here.add(pushOf(2000), undefined);
  for (const session of [second, first, third]) session.leave(connectionOf(1), []);
  for (const session of [first, second, third]) session.add(pushOf(2000), undefined);
  expect([first, second, third].map((session) => missed(session, 0))).toEqual([1, 1, 1]);
  third.add(pushOf(2000), undefined);
  expect([here, first, second, third].map((session) => missed(session, 0))).toEqual([1, 1, undefined, 2]);
  // It keeps nothing more: what comes now is of no use without what is gone.
  second.add(pushOf(10), undefined);
  expect([missed(second, 0), missed(second, 1), missed(second, 2)]).toEqual([undefined, undefined, 0]);
  expect(memory.bytes).toBeLessThanOrEqual(memory.maxBytes);
});

it('S6 then those that have been connected longest do, and keep what comes after', () => {
  const sessions = [1, 2, 3].map((id) => sessionOn(id));
  const [first, second, third] = sessions as [ResumeSession, ResumeSession, ResumeSession];
  for (const session of sessions) session.add(pushOf(3000), undefined);
  third.add(pushOf(1500), undefined);
  expect(sessions.map((session) => missed(session, 0))).toEqual([undefined, 1, 2]);
  first.add(pushOf(2500), undefined);
  expect([missed(first, 0), missed(first, 1), missed(second, 0), missed(third, 0)]).toEqual([
    undefined,
    1,
    undefined,
    2,
  ]);
});

it('S6 a push that many sessions keep counts once', () => {
  const sessions = Array.from({ length: 20 }, (_, id) => sessionOn(id));
  const push = pushOf(4000);
  for (const session of sessions) session.add(push, undefined);
  expect(sessions.map((session) => missed(session, 0))).toEqual(sessions.map(() => 1));
  for (const session of sessions) session.end();
  expect(memory.bytes).toBe(0);
});

it('S6 S10 never takes more than it may, and nothing when all have gone', () => {
  type Step = readonly [who: number, what: 'push' | 'leave' | 'return' | 'end', size: number];
  const steps = fc.array(
    fc.tuple(
      fc.integer({ min: 0, max: 9 }),
      fc.constantFrom('push' as const, 'push' as const, 'leave' as const, 'return' as const, 'end' as const),
      fc.integer({ min: 0, max: 12_000 }),
    ),
    { maxLength: 100 },
  );
  fc.assert(
    fc.property(steps, (schedule: readonly Step[]) => {
      const sessions = Array.from({ length: 10 }, (_, id) => sessionOn(id));
      const perform: Record<Step[1], (session: ResumeSession, size: number, id: number) => void> = {
        push: (session, size) => void session.add(pushOf(size), undefined),
        leave: (session) => session.leave(connectionOf(1), []),
        return: (session, _size, id) => session.attach(connectionOf(id)),
        end: (session) => session.end(),
      };
      for (const [who, what, size] of schedule) {
        perform[what](sessions[who] as ResumeSession, size, who);
        expect(memory.bytes).toBeLessThanOrEqual(memory.maxBytes);
        expect(memory.bytes).toBeGreaterThanOrEqual(0);
      }
      for (const session of sessions) session.end();
      expect(memory.bytes).toBe(0);
    }),
  );
});

it('the operator is told once a minute', () => {
  const clock = new ManualClock();
  memory = new SmallMemory(clock);
  const told: string[] = [];
  Logger.overrideLogger({ warn: (text: string) => told.push(text), log: () => 0, error: () => 0 });
  const session = sessionOn(1, { resumeMaxBytes: 20_000 });
  for (let n = 0; n < 20; n++) session.add(pushOf(4000), undefined);
  expect(told).toHaveLength(1);
  clock.advance(60_000);
  for (let n = 0; n < 20; n++) session.add(pushOf(4000), undefined);
  expect(told).toHaveLength(2);
});
