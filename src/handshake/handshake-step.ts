import type { Handshake } from './handshake.js';

/**
 * One decision about a handshake. Throws a `HandshakeRefusal` to refuse it.
 *
 * @publicApi
 */
export abstract class HandshakeStep {
  abstract check(handshake: Handshake): void | Promise<void>;
}
