import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { ClientLocator } from '../../handshake/client/client-locator.js';
import { ownOrigin } from '../../handshake/origin-policy.js';
import { UpgradeRequest } from '../../handshake/upgrade-request.js';
import { OperatorError } from '../http/operator.error.js';
import { rawRequestOf } from '../http/raw-exchange.js';
import { SAFE_HEADERS } from '../http/safe-headers.js';
import { accessOf } from './route-access.decorator.js';

const JSON_TYPE = /^application\/json *(;|$)/i;
/** Fetch Metadata §2.3: the service itself, or an address that the operator typed. */
const OWN_SITES = ['same-origin', 'none'];

/** Refuses requests of other origins, and bodies that are not JSON, before anybody is authenticated. */
@Injectable()
export class DoorGuard implements CanActivate {
  constructor(
    private readonly host: HttpAdapterHost,
    private readonly clients: ClientLocator,
  ) {}

  canActivate(context: ExecutionContext): boolean {
    const http = context.switchToHttp();
    for (const [name, value] of Object.entries(SAFE_HEADERS))
      this.host.httpAdapter.setHeader(http.getResponse<unknown>(), name, value);
    const request = new UpgradeRequest(rawRequestOf(http.getRequest<object>()));
    this.checkOrigin(request);
    if (accessOf(context.getHandler()) === 'write' && !JSON_TYPE.test(request.only('content-type') ?? ''))
      throw new OperatorError('UNSUPPORTED_MEDIA_TYPE', 'Content-Type must be application/json');
    return true;
  }

  /** A cookie or a client certificate of the operator would come with requests of other sites, reads too. */
  private checkOrigin(request: UpgradeRequest): void {
    const origins = request.all('origin');
    const { host, isSecure } = this.clients.of(request);
    const isForeign =
      origins.some((origin) => origin !== ownOrigin(host, isSecure)) ||
      request.all('sec-fetch-site').some((site) => !OWN_SITES.includes(site));
    if (isForeign) throw new OperatorError('ORIGIN_NOT_ALLOWED');
  }
}
