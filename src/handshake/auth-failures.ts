import type { IncomingMessage } from 'node:http';
import { Injectable } from '@nestjs/common';
import { UpgradeRequest } from './upgrade-request.js';
import type { HandshakeRefusal } from '../errors/handshake.refusal.js';
import type { InvalidCredentialError } from '../errors/invalid-credential.error.js';
import { SecurityEvents } from '../observability/security-events.js';
import { clientDetailsOf } from './client/client-details.js';
import { ClientLocator } from './client/client-locator.js';
import { detailsOf, refusalOf } from './refusal-of.js';
import { WrongCredentials } from './wrong-credentials.js';

/**
 * Counts wrong credentials of HTTP requests together with those of handshakes, so that an address has one limit
 * (`WS_AUTH_FAILURE_LIMIT`) for all guesses.
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
   * Counts a request with a wrong credential. Do not call it for a request without a credential. Accept a valid
   * credential regardless of the count: otherwise a neighbor at the same address could lock out others.
   *
   * @param request the request of Node; with Fastify, `request.raw`
   * @param cause the reason, shown to the operator only
   * @returns the `status` and `headers` to answer with: 401, 429 over the limit, or 503 if the storage fails
   */
  async count(request: IncomingMessage, cause: InvalidCredentialError): Promise<HandshakeRefusal> {
    const { address } = this.clients.locate(request);
    const refusal = await this.refusal(address, cause);
    const upgrade = new UpgradeRequest(request);
    const { userAgent, traceId } = clientDetailsOf(upgrade);
    this.events.emit({
      type: 'authentication.refused',
      code: refusal.code,
      'client.address': address,
      'url.path': upgrade.path,
      user_agent: userAgent,
      trace_id: traceId,
      ...detailsOf(refusal),
    });
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
