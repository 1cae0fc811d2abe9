import type { IncomingMessage } from 'node:http';
import { Injectable } from '@nestjs/common';
import { UpgradeRequest } from '../upgrade-request.js';
import type { ResolvedOptions } from '../../options/options.schema.js';
import { InjectSecurityOptions } from '../../options/options.token.js';
import { type ClientOrigin, ClientAddressResolver } from './client-address.js';

/**
 * Finds the client of an HTTP request in the same way as the handshake: through trusted proxies only.
 *
 * @publicApi
 */
@Injectable()
export class ClientLocator {
  private readonly clients: ClientAddressResolver;

  constructor(@InjectSecurityOptions() options: ResolvedOptions) {
    this.clients = new ClientAddressResolver(options);
  }

  /** @param request the request of Node; with Fastify, `request.raw` */
  locate(request: IncomingMessage): ClientOrigin {
    return this.of(new UpgradeRequest(request));
  }

  /** As {@link locate}, for a parsed request. @internal */
  of(request: UpgradeRequest): ClientOrigin {
    return this.clients.resolve(request);
  }
}
