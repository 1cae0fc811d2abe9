import type { IncomingMessage } from 'node:http';
import { Injectable } from '@nestjs/common';
import { UpgradeRequest } from './upgrade-request.js';
import type { HandshakeRefusal } from '../errors/handshake.refusal.js';
import type { InvalidCredentialError } from '../errors/invalid-credential.error.js';
import { SecurityEvents } from '../observability/security-events.js';
import { ClientLocator } from './client/client-locator.js';
import { reasonOf, refusalOf } from './refusal-of.js';
import { WrongCredentials } from './wrong-credentials.js';

/**
 * Wrong credentials of HTTP requests. They are counted with those of handshakes, so that an address has one limit
 * (`WS_AUTH_FAILURE_LIMIT`) wherever it guesses.
 *
 * @publicApi
 */
@Injectable()
export class AuthFailures {
  /** @internal */
  constructor(
    private readonly clients: ClientLocator,
    private readonly wrong: WrongCredentials,
    private readonly events: SecurityEvents,
  ) {}

  /**
   * Counts a request whose credential is wrong. One without a credential is no failure, and a right credential is to
   * be accepted whatever the count: a neighbour at the same address must not lock others out.
   *
   * @param request as Node has it; Fastify keeps it in `request.raw`
   * @param cause what is wrong, for the operator only
   * @returns what to answer, in `status` and `headers`: 401, over the limit 429, and 503 while nobody can count
   */
  async count(request: IncomingMessage, cause: InvalidCredentialError): Promise<HandshakeRefusal> {
    const { address } = this.clients.locate(request);
    const refusal = await this.refusal(address, cause);
    const { path } = new UpgradeRequest(request);
    const { code } = refusal;
    this.events.emit({ type: 'authentication.refused', code, address, path, reason: reasonOf(refusal) });
    return refusal;
  }

  private async refusal(address: string, cause: InvalidCredentialError): Promise<HandshakeRefusal> {
    try {
      return await this.wrong.count(address, cause);
    } catch (error) {
      return refusalOf(error);
    }
  }
}
