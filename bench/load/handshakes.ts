import { DIALECTS, type DialectName } from './dialect.js';
import { RawConnection, RefusedError } from './raw-connection.js';
import { sourceOf } from './sources.js';
import type { Target, TlsHandshakes } from './target.js';
import { forgeToken, mintToken } from './tokens.js';
import { TicketLane } from './ticket-lane.js';

const USERS = 500;

/**
 * `new`: each attempt has a token that the server has not seen, as after a restart. `known`: tokens repeat, as when
 * clients reconnect. `forged`: tokens have a wrong signature.
 */
export type Tokens = 'new' | 'known' | 'forged';

export interface HandshakeOrder extends Target {
  readonly dialect: DialectName;
  readonly tokens: Tokens;
  /** How TLS starts, if the server expects it. */
  readonly handshakes?: TlsHandshakes;
  /** Attempts at the same time. */
  readonly concurrency: number;
  readonly durationMs: number;
}

export interface HandshakeResult {
  readonly attempts: number;
  readonly elapsedMs: number;
  /** The number of refusals after 101. */
  readonly late: number;
  /** The number of resumed TLS handshakes. */
  readonly resumed: number;
  /** CPU microseconds of the clients. */
  readonly clientCpu: number;
  /** The share of their CPU time in which the clients worked. Near 1 they are the bottleneck. */
  readonly generatorLoad: number;
}

/**
 * Connects, disconnects, and connects again until the time is over.
 *
 * @throws Error when a valid token is refused or a forged one is accepted
 */
export async function driveHandshakes(order: HandshakeOrder): Promise<HandshakeResult> {
  const { port, tls: isTls, handshakes = 'full', dialect, tokens, concurrency, durationMs } = order;
  const partOf = (index: number): HandshakePart => {
    const user = `user-${index % USERS}`;
    return DIALECTS[dialect].handshake(tokens === 'forged' ? forgeToken(user) : mintToken(user));
  };
  // Created before the measurement starts.
  const known = tokens === 'new' ? [] : Array.from({ length: USERS }, (_, n) => partOf(n));
  const started = performance.now();
  const deadline = started + durationMs;
  let attempts = 0;
  let late = 0;
  const tickets = ticketLanes(`${port} ${handshakes}`, concurrency, handshakes);
  const resumedBefore = resumedBy(tickets);
  const lane = async (ticket: TicketLane): Promise<void> => {
    const tls = isTls ? ticket : false;
    while (performance.now() < deadline) {
      const index = attempts++;
      const part = known[index % USERS] ?? partOf(index);
      const handshake = { port, tls, source: sourceOf(index), ...part };
      if (tokens === 'forged') late += (await refused(handshake)) ? 1 : 0;
      else await accepted(handshake);
    }
  };
  const idleMs = preventSleep();
  const cpuBefore = process.cpuUsage();
  await Promise.all(tickets.map(lane));
  const elapsedMs = performance.now() - started;
  const resumed = resumedBy(tickets) - resumedBefore;
  const { user, system } = process.cpuUsage(cpuBefore);
  const clientCpu = Math.max(0, user + system - idleMs() * 1000);
  return { attempts, late, resumed, elapsedMs, clientCpu, generatorLoad: clientCpu / (user + system) };
}

const lanesOf = new Map<string, TicketLane[]>();

/** The lanes of a server are kept, because a session that is resumed started in an earlier order. */
function ticketLanes(key: string, count: number, handshakes: TlsHandshakes): readonly TicketLane[] {
  const lanes = lanesOf.get(key) ?? [];
  lanesOf.set(key, lanes);
  while (lanes.length < count) lanes.push(new TicketLane(handshakes));
  return lanes.slice(0, count);
}

function resumedBy(lanes: readonly TicketLane[]): number {
  return lanes.reduce((sum, { resumed }) => sum + resumed, 0);
}

/** The duration of a turn of the event loop without events. */
const EMPTY_TURN_MS = 0.01;

/**
 * Keeps this process from sleeping. A server that writes to a sleeping process must wake it. On a virtual machine that
 * costs the server as much as the rest of a handshake, and it affects slow servers more often than fast ones.
 *
 * @returns a function that stops this and returns the idle time in milliseconds
 */
function preventSleep(): () => number {
  let isOver = false;
  let idleMs = 0;
  let last = performance.now();
  const turn = (): void => {
    const now = performance.now();
    if (now - last < EMPTY_TURN_MS) idleMs += now - last;
    last = now;
    if (!isOver) setImmediate(turn);
  };
  setImmediate(turn);
  return () => {
    isOver = true;
    return idleMs;
  };
}

type HandshakePart = Pick<Handshake, 'request' | 'login'>;
type Handshake = Parameters<typeof RawConnection.open>[0];

async function accepted(handshake: Handshake): Promise<void> {
  const connection = await RawConnection.open(handshake);
  connection.destroy();
}

/** @returns whether the refusal came after 101 */
export async function refused(handshake: Handshake): Promise<boolean> {
  try {
    const connection = await RawConnection.open(handshake);
    const word = await connection.next();
    if (connection.isClosed) return true;
    connection.destroy();
    throw new Error(`a forged token is accepted: ${word ?? 'the connection stays open'}`);
  } catch (error) {
    if (!(error instanceof RefusedError)) throw error;
    if (error.status === 0) return true;
    return false;
  }
}
