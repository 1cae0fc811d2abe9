import type { IncomingMessage } from 'node:http';
import { Injectable } from '@nestjs/common';
import { UpgradeRequest } from '../upgrade-request.js';
import type { ResolvedOptions } from '../../options/options.schema.js';
import { InjectSecurityOptions } from '../../options/options.token.js';
import { type ClientOrigin, ClientAddressResolver } from './client-address.js';

/**
 * Finds out where an HTTP request came from, as the handshake does: through trusted proxies, and no others.
 *
 * @publicApi
 */
@Injectable()
export class ClientLocator {
  private readonly clients: ClientAddressResolver;

  constructor(@InjectSecurityOptions() options: ResolvedOptions) {
    this.clients = new ClientAddressResolver(options);
  }

  /** @param request as Node has it; Fastify keeps it in `request.raw` */
  locate(request: IncomingMessage): ClientOrigin {
    return this.of(new UpgradeRequest(request));
  }

  /** As {@link locate}, of a request that was read already. @internal */
  of(request: UpgradeRequest): ClientOrigin {
    return this.clients.resolve(request);
  }
}
