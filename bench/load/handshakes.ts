import { DIALECTS, type DialectName } from './dialect.js';
import { RawConnection, RefusedError } from './raw-connection.js';
import { sourceOf } from './sources.js';
import { forgeToken, mintToken } from './tokens.js';

const USERS = 500;

/**
 * Each attempt with a token that the server has never seen, as after it was restarted; with one of those it has, as
 * clients come back; or with a wrong signature.
 */
export type Tokens = 'new' | 'known' | 'forged';

export interface HandshakeOrder {
  readonly port: number;
  readonly dialect: DialectName;
  readonly tokens: Tokens;
  /** Attempts at the same time. */
  readonly concurrency: number;
  readonly durationMs: number;
}

export interface HandshakeResult {
  readonly attempts: number;
  readonly elapsedMs: number;
  /** Of the refused, how many were after 101. */
  readonly late: number;
  /** How much of one core the clients took; near 1 it was them that set the pace. */
  readonly generatorLoad: number;
}

/**
 * Connects, leaves, and connects again until the time is over.
 *
 * @throws Error when a good token is refused or a forged one is not
 */
export async function driveHandshakes(order: HandshakeOrder): Promise<HandshakeResult> {
  const { port, dialect, tokens, concurrency, durationMs } = order;
  const partOf = (index: number): HandshakePart => {
    const user = `user-${index % USERS}`;
    return DIALECTS[dialect].handshake(tokens === 'forged' ? forgeToken(user) : mintToken(user));
  };
  // Made before the clock runs.
  const known = tokens === 'new' ? [] : Array.from({ length: USERS }, (_, n) => partOf(n));
  const started = performance.now();
  const deadline = started + durationMs;
  let attempts = 0;
  let late = 0;
  const lane = async (): Promise<void> => {
    while (performance.now() < deadline) {
      const index = attempts++;
      const part = known[index % USERS] ?? partOf(index);
      const handshake = { port, source: sourceOf(index), ...part };
      if (tokens === 'forged') late += (await refused(handshake)) ? 1 : 0;
      else await accepted(handshake);
    }
  };
  const idleMs = awake();
  await Promise.all(Array.from({ length: concurrency }, lane));
  const elapsedMs = performance.now() - started;
  return { attempts, late, elapsedMs, generatorLoad: 1 - idleMs() / elapsedMs };
}

/** A turn of the event loop in which nothing came. */
const EMPTY_TURN_MS = 0.01;

/**
 * Keeps the clients from sleeping. A server that writes to a process that sleeps has to wake it, which costs it as much
 * as the rest of a handshake on a virtual machine, and a slow server more often than one that keeps its clients busy.
 *
 * @returns ends that, and says for how many milliseconds there was nothing to do
 */
function awake(): () => number {
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
