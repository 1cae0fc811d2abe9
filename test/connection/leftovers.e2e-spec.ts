import type { Server } from 'node:http';
import {
  ConnectionDirectory,
  ConnectionRegistry,
  type MemoryConnectionDirectory,
  type MemoryTicketStore,
  TicketService,
  TicketStore,
} from 'nestjs-ws-security';
import { AwaySessions } from '../../src/connection/resume/away-sessions.js';
import { ResumableSessions } from '../../src/connection/resume/resumable-sessions.js';
import { Rooms } from '../../src/connection/rooms/rooms.js';
import { TimerWheel } from '../../src/time/timer-wheel.js';
import { countRetained } from '../support/retained-elements.js';
import { abortedVisit, refusedVisit, runVisits, visit, type Visit } from '../support/visits.js';
import { ManualClock } from '../support/manual-clock.js';
import { RoomGateway } from '../support/room.gateway.js';
import { startApp, type RunningApp } from '../support/start-app.js';
import { tokenPrincipal } from '../support/token-principal.js';
import { mintToken } from '../support/tokens.js';

const VISITS = 2000;
const AT_ONCE = 20;
const USERS = 50;
const RESUME_TTL_MS = 10_000;
const SWEEP_MS = 600;
/** Longer than any state is kept. */
const LONG_MS = 200_000;

let clock: ManualClock;
let running: RunningApp;
let tokens: string[];
let turn = 0;

beforeEach(async () => {
  clock = new ManualClock();
  running = await startApp({
    gateways: [RoomGateway],
    clock,
    options: {
      authSources: ['header', 'subprotocol', 'ticket', 'message'],
      resume: true,
      resumeTtlMs: RESUME_TTL_MS,
      connectRateLimit: 100_000,
      authFailureLimit: 100_000,
      maxConnectionsPerUser: 1000,
    },
  });
  tokens = await Promise.all(Array.from({ length: USERS }, (_, n) => mintToken({ sub: `user-${n}` })));
});

afterEach(() => running.close());

const token = (): string => tokens[turn++ % USERS] as string;
const url = (): string => `${running.url}/ws`;

/** Joins its own room, causes a violation and disconnects. */
const member = (options: { token?: string; ticket?: string; protocols?: string[] }): Promise<void> => {
  const query = options.ticket === undefined ? '' : `?ticket=${options.ticket}`;
  return visit(url() + query, {
    ...options,
    stay: (visitor) => {
      visitor.onMessage((text) => {
        if (text.includes('UNKNOWN_EVENT')) visitor.terminate();
      });
      visitor.send(JSON.stringify({ event: 'join', data: { room: `room-${turn}` } }));
      visitor.send('{"event":"nonsense","id":1}');
    },
  });
};

async function ticket(): Promise<string> {
  const principal = tokenPrincipal(`user-${turn++ % USERS}`, clock.now() + 60_000);
  return running.app.get(TicketService).issue(principal);
}

const refused = (): Promise<void> => refusedVisit(url(), { Authorization: 'Bearer wrong' }, 401);

const KINDS: readonly Visit[] = [
  () => member({ token: token() }),
  async () => member({ ticket: await ticket() }),
  () => visit(url(), { token: token(), stay: (visitor) => visitor.close(1000) }),
  () => visit(url(), { token: token(), stay: (visitor) => visitor.terminate() }),
  // Never logs in.
  () => visit(url(), { stay: (visitor) => visitor.terminate() }),
  refused,
  () => abortedVisit(url(), token()),
];

/** Visits whose connection breaks and whose session could be resumed. */
const AWAY: readonly Visit[] = [() => member({ token: token(), protocols: ['ws-security.v1'] })];

/** Waits until the server has seen the end of all connections, which is later than the clients do. */
async function untilAllEnded(): Promise<void> {
  // Connections are accepted in order, so after this one the server has accepted all earlier ones.
  await refused();
  const server = running.app.getHttpServer() as Server;
  const open = (): Promise<number> =>
    new Promise((resolve) => server.getConnections((_error, count) => resolve(count)));
  while ((await open()) > 0) await new Promise((resolve) => setImmediate(resolve));
  await running.app.get(ConnectionRegistry).whenEmpty();
}

async function after(kinds: readonly Visit[], count: number): Promise<void> {
  await runVisits(kinds, count, AT_ONCE);
  await untilAllEnded();
  // Runs the next check for silent sockets, which finds none.
  clock.advance(SWEEP_MS);
}

const sizes = (): number[] => [
  running.app.get(TimerWheel).size,
  running.app.get(ConnectionRegistry).size,
  running.app.get<MemoryConnectionDirectory>(ConnectionDirectory).size,
  running.app.get(Rooms).size,
  running.app.get<MemoryTicketStore>(TicketStore).size,
  running.app.get(AwaySessions).size,
  running.app.get(ResumableSessions).size,
];

/** A token is cached when it comes twice in a row: two tokens may share a place among those that have been seen. */
async function cacheTokens(): Promise<void> {
  for (const one of tokens)
    await runVisits([() => visit(url(), { token: one, stay: (visitor) => visitor.terminate() })], 2, 1);
}

/** Used tickets are remembered until one is taken after they have expired. */
async function forgetUsedTickets(): Promise<void> {
  await running.app.get(TicketStore).take('unknown');
}

it('S10 2000 visits leave no timer, listener, place, room, ticket, session or violation behind', async () => {
  const kinds = [...KINDS, ...AWAY];
  await runVisits(kinds, kinds.length * AT_ONCE, AT_ONCE);
  await cacheTokens();
  await untilAllEnded();
  clock.advance(LONG_MS);
  await forgetUsedTickets();
  const before = countRetained(running.app);

  // The state is freed at once, not after a timeout.
  await after(KINDS, VISITS);
  expect(sizes()).toEqual([0, 0, 0, 0, 0, 0, 0]);

  await after(AWAY, VISITS / 10);
  expect(sizes()).toEqual([VISITS / 10, 0, 0, 0, 0, VISITS / 10, VISITS / 10]);
  clock.advance(RESUME_TTL_MS + 100);
  expect(sizes()).toEqual([0, 0, 0, 0, 0, 0, 0]);

  clock.advance(LONG_MS);
  await forgetUsedTickets();
  expect(countRetained(running.app)).toEqual(before);
}, 120_000);
