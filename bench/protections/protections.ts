import { DIALECTS, type DialectName } from '../load/dialect.js';
import { ECHO_DATA } from '../load/echo.js';
import { RawConnection, RefusedError } from '../load/raw-connection.js';
import type { Target } from '../load/target.js';
import { mintToken } from '../load/tokens.js';
import type { Protection } from '../peers/peer.js';
import { SCARCE } from '../servers/measured.js';

export interface Guarded extends Target {
  readonly dialect: DialectName;
  readonly protection: Protection;
}

let probes = 0;

/**
 * Tests over a socket whether a running server refuses what it claims to refuse, and still serves valid messages.
 *
 * @returns the missing protections; empty when all are on
 */
export async function missingProtections(guarded: Guarded): Promise<string[]> {
  const { port, tls, dialect, protection } = guarded;
  const { codes, withoutToken } = protection;
  const { message, meaningOf, handshake } = DIALECTS[dialect];
  const missing: string[] = [];
  const expectRefusal = (what: string, answer: string | undefined, code: string | undefined): void => {
    const meaning = answer === undefined ? { event: 'silence' } : meaningOf(answer);
    const isRefusal = meaning.event === 'exception' && (code === undefined || meaning.code === code);
    if (!isRefusal) missing.push(`${what} is answered with ${answer ?? 'silence'}`);
  };

  // Its own user, so that other messages do not count against its limit.
  const token = mintToken(`probe-${process.pid}-${++probes}`);
  const connection = await RawConnection.open({ port, tls, ...handshake(token) });
  try {
    const served = await connection.ask(message('echo', ECHO_DATA));
    if (served === undefined || meaningOf(served).event !== 'echo') {
      missing.push(`an echo is answered with ${served ?? 'silence'}`);
    }
    expectRefusal('a wrong role', await connection.ask(message('admin')), codes.role);
    const long = message('echo', { text: 'x'.repeat(101) });
    expectRefusal('a text that is too long', await connection.ask(long), codes.validation);
    for (let n = 0; n < SCARCE.limit; n++) await connection.ask(message('scarce'));
    expectRefusal('a message over the limit', await connection.ask(message('scarce')), codes.limit);
  } finally {
    connection.destroy();
  }

  const outcome = await outcomeWithoutToken(guarded);
  if (outcome !== withoutToken) missing.push(`a handshake without a token ends with ${outcome}`);
  return missing;
}

async function outcomeWithoutToken({
  port,
  tls,
  dialect,
}: Guarded): Promise<number | 'late' | 'silence' | 'accepted'> {
  try {
    const connection = await RawConnection.open({ port, tls, ...DIALECTS[dialect].handshake(undefined) });
    // The server may close the connection later, but must not serve it.
    const answer = await connection.ask(DIALECTS[dialect].message('echo', ECHO_DATA));
    if (connection.isClosed) return 'late';
    connection.destroy();
    return answer === undefined ? 'silence' : 'accepted';
  } catch (error) {
    if (!(error instanceof RefusedError)) throw error;
    return error.status === 0 ? 'late' : error.status;
  }
}
