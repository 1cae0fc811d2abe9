import { HandshakeRefusal } from '../errors/handshake.refusal.js';
import { OverloadedException } from '../errors/ws-exceptions.js';
import { retrySoon } from './retry-after.js';

/** Whatever a step threw, as a refusal: what is no decision is a failure of ours. */
export function refusalOf(error: unknown): HandshakeRefusal {
  if (error instanceof HandshakeRefusal) return error;
  // The operator wants to know what failed, not only that something did.
  const cause: unknown = error instanceof OverloadedException ? (error.cause ?? error) : error;
  return new HandshakeRefusal('OVERLOADED', retrySoon(), { cause });
}

/** For the operator, through the events: there a flood is counted instead of written. */
export function reasonOf({ cause }: HandshakeRefusal): string | undefined {
  return cause instanceof Error ? `${cause.name}: ${cause.message}` : undefined;
}
