import type { CloseCode } from '../protocol/close-code.enum.js';
import { HANDSHAKE_CLOSE_CODE, HANDSHAKE_STATUS, type HandshakeCode } from '../protocol/handshake-code.js';
import { restoreStacks, suspendStacks } from './without-stack.js';

/** The options of a refusal. @publicApi */
export interface HandshakeRefusalOptions extends ErrorOptions {
  /** For the security event only: what was refused, and what would have been accepted. No secrets. */
  details?: Readonly<Record<string, string | number>>;
}

/**
 * Refuses a handshake with an HTTP error instead of 101. `cause` and `details` are only for the operator. It has no stack.
 *
 * @publicApi
 */
export class HandshakeRefusal extends Error {
  override readonly name = 'HandshakeRefusal';
  readonly status: number;
  /** The close code with `WS_REJECT_WITH=close`; undefined for refusals that are always HTTP. */
  closeCode: CloseCode | undefined;
  readonly details: Readonly<Record<string, string | number>>;

  constructor(
    readonly code: HandshakeCode,
    readonly headers: Readonly<Record<string, string>> = {},
    { details = {}, ...options }: HandshakeRefusalOptions = {},
  ) {
    const stacks = suspendStacks();
    super(`Handshake refused: ${code}`, options);
    restoreStacks(stacks);
    this.details = details;
    this.status = HANDSHAKE_STATUS[code];
    this.closeCode = HANDSHAKE_CLOSE_CODE[code];
  }
}
