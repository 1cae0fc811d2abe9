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
import { census } from '../support/census.js';
import { impatientVisit, refusedVisit, visit, visits, type Visit } from '../support/churn.js';
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
/** Longer than anything is remembered. */
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

/** Joins a room of its own and does what is no good, then leaves. */
const member = (options: { token?: string; ticket?: string; protocols?: string[] }): Promise<void> => {
  const query = options.ticket === undefined ? '' : `?ticket=${options.ticket}`;
  return visit(url() + query, {
    ...options,
    stay: (socket) => {
      socket.on('message', (data: Buffer) => {
        if (data.toString().includes('UNKNOWN_EVENT')) socket.terminate();
      });
      socket.send(JSON.stringify({ event: 'join', data: { room: `room-${turn}` } }));
      socket.send('{"event":"nonsense","id":1}');
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
  () => visit(url(), { token: token(), stay: (socket) => socket.close(1000) }),
  () => visit(url(), { token: token(), stay: (socket) => socket.terminate() }),
  // Never says who it is.
  () => visit(url(), { stay: (socket) => socket.terminate() }),
  refused,
  () => impatientVisit(url(), token()),
];

/** Their lines break, and they may come back. */
const AWAY: readonly Visit[] = [() => member({ token: token(), protocols: ['ws-security.v1'] })];

/** The server hears of the last ends a moment after the clients. */
async function everybodyGone(): Promise<void> {
  // Connections are accepted in the order they came: with this one the server has seen all that are over already.
  await refused();
  const server = running.app.getHttpServer() as Server;
  const open = (): Promise<number> =>
    new Promise((resolve) => server.getConnections((_error, count) => resolve(count)));
  while ((await open()) > 0) await new Promise((resolve) => setImmediate(resolve));
  await running.app.get(ConnectionRegistry).whenEmpty();
}

async function after(kinds: readonly Visit[], count: number): Promise<void> {
  await visits(kinds, count, AT_ONCE);
  await everybodyGone();
  // The next look for sockets that stay silent finds nobody.
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

it('S10 nothing of 2000 visits is left: no timer, listener, place, room, ticket, session or violation', async () => {
  const kinds = [...KINDS, ...AWAY];
  // Each user's token once: those that were verified are remembered.
  await visits(kinds, kinds.length * USERS, AT_ONCE);
  await everybodyGone();
  clock.advance(LONG_MS);
  const before = census(running.app);

  // At once, and not when their time is over.
  await after(KINDS, VISITS);
  expect(sizes()).toEqual([0, 0, 0, 0, 0, 0, 0]);

  await after(AWAY, VISITS / 10);
  expect(sizes()).toEqual([VISITS / 10, 0, 0, 0, 0, VISITS / 10, VISITS / 10]);
  clock.advance(RESUME_TTL_MS + 100);
  expect(sizes()).toEqual([0, 0, 0, 0, 0, 0, 0]);

  clock.advance(LONG_MS);
  expect(census(running.app)).toEqual(before);
}, 120_000);
