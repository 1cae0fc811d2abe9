import { HANDSHAKE_STATUS, type HandshakeCode } from '../protocol/handshake-code.js';

/**
 * A handshake that is answered with an HTTP error instead of 101. `cause` is for the operator only.
 *
 * @publicApi
 */
export class HandshakeRefusal extends Error {
  override readonly name = 'HandshakeRefusal';
  readonly status: number;

  constructor(
    readonly code: HandshakeCode,
    readonly headers: Readonly<Record<string, string>> = {},
    options?: ErrorOptions,
  ) {
    super(`Handshake refused: ${code}`, options);
    this.status = HANDSHAKE_STATUS[code];
  }
}
