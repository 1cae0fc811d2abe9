import { HandshakeRefusal } from '../errors/handshake.refusal.js';
import { OverloadedException } from '../errors/ws-exceptions.js';
import { retrySoon } from './retry-after.js';

/** Turns any error of a step into a refusal. Errors that are not refusals are failures of the server. */
export function refusalOf(error: unknown): HandshakeRefusal {
  if (error instanceof HandshakeRefusal) return error;
  // The cause names the part that failed.
  const cause: unknown = error instanceof OverloadedException ? (error.cause ?? error) : error;
  return new HandshakeRefusal('OVERLOADED', retrySoon(), { cause });
}

/** The reason for security events, which are aggregated in a flood. */
export function reasonOf({ cause }: HandshakeRefusal): string | undefined {
  return cause instanceof Error ? `${cause.name}: ${cause.message}` : undefined;
}
