import { ManualClock } from '../../../test/support/manual-clock.js';
import type { Audience } from '../../nodes/broadcast-bus.js';
import { ANONYMOUS } from '../principal.js';
import { AwaySessions } from './away-sessions.js';
import { ResumeMemory } from './resume-memory.js';
import { ResumeSession } from './resume-session.js';

const memory = new ResumeMemory(new ManualClock());
const LIMITS = { resumeMaxMessages: 10, resumeMaxBytes: 1000 };

function awaySession(id: string, issuer: string | null, ...rooms: string[]): ResumeSession {
  const owner = `${issuer}:${id}`;
  const principal = { ...ANONYMOUS, id, issuer };
  const snapshot = { owner, principal, path: '/ws', rooms, seq: 0, at: '', startedAt: 0, kept: [] };
  return ResumeSession.from(snapshot, LIMITS, memory);
}

const alice = awaySession('alice', null, 'a', 'b');
const namesake = awaySession('alice', 'other');
const bob = awaySession('bob', null, 'b');
let away: AwaySessions;

beforeEach(() => {
  away = new AwaySessions();
  for (const session of [alice, namesake, bob]) away.add(session);
});

it.each<[Audience, ResumeSession[]]>([
  [{ to: 'everyone' }, [alice, namesake, bob]],
  [{ to: 'user', id: 'alice' }, [alice, namesake]],
  [{ to: 'user', id: 'alice', issuer: null }, [alice]],
  [{ to: 'user', id: 'alice', issuer: 'other' }, [namesake]],
  [{ to: 'user', id: 'alice', issuer: 'third' }, []],
  [{ to: 'user', id: 'carol' }, []],
  [{ to: 'room', room: 'a' }, [alice]],
  [{ to: 'room', room: 'b' }, [alice, bob]],
  [{ to: 'room', room: 'c' }, []],
])('finds the sessions that a push is for: %j', (audience, sessions) => {
  expect([...away.for(audience)]).toEqual(sessions);
});

it('S10 keeps nothing of a session that is deleted', () => {
  for (const session of [alice, namesake, bob, bob]) away.delete(session);
  expect(away.size).toBe(0);
  expect([...away.of(alice.owner)]).toEqual([]);
  const audiences: Audience[] = [
    { to: 'everyone' },
    { to: 'user', id: 'alice' },
    { to: 'user', id: 'bob', issuer: null },
    { to: 'room', room: 'b' },
  ];
  for (const audience of audiences) expect([...away.for(audience)]).toEqual([]);
});
