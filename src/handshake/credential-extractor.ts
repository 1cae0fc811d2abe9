import { Injectable } from '@nestjs/common';
import { parseCookie } from 'cookie';
import type { UpgradeRequest } from './upgrade-request.js';
import type { ResolvedOptions } from '../options/options.schema.js';
import type { Credential, CredentialKind, CredentialSource } from '../auth/credential.js';
import { InjectSecurityOptions } from '../options/options.token.js';
import { BEARER_PROTOCOL_PREFIX, isBearerEntry } from '../protocol/subprotocol.js';

// RFC 6750 §2.1: b64token; RFC 9110 §11.1: the scheme is case-insensitive.
const BEARER = /^bearer +([A-Za-z0-9\-._~+/]+=*)$/i;
const VISIBLE_ASCII = /^[!-~]+$/;

/**
 * Finds all credentials of a handshake in the places that `WS_AUTH_SOURCES` names. The caller decides whether there is
 * exactly one.
 *
 * @publicApi
 */
@Injectable()
export class CredentialExtractor {
  private readonly places: Readonly<Record<CredentialSource, (request: UpgradeRequest) => Credential[]>> = {
    header: (request) => {
      const keys = this.fromApiKeyHeader(request);
      const bearers = this.fromHeader(request);
      return keys.length === 0 ? bearers : [...bearers, ...keys];
    },
    subprotocol: (request) => this.fromSubprotocol(request),
    cookie: (request) => this.fromCookie(request),
    ticket: (request) => this.fromTicket(request),
    query: (request) => this.fromQuery(request),
    // Sent later, in a frame.
    message: () => [],
  };

  constructor(@InjectSecurityOptions() protected readonly options: ResolvedOptions) {}

  extract(request: UpgradeRequest): Credential[] {
    const found: Credential[] = [];
    for (const source of this.options.authSources)
      for (const credential of this.places[source](request)) found.push(credential);
    return found;
  }

  protected fromHeader(request: UpgradeRequest): Credential[] {
    return request.all('authorization').map((value) => ({
      source: 'header',
      kind: 'bearer',
      token: BEARER.exec(value)?.[1] ?? '',
    }));
  }

  protected fromApiKeyHeader(request: UpgradeRequest): Credential[] {
    return request.all('x-api-key').map((value) => credentialOf('header', 'api-key', value));
  }

  protected fromSubprotocol(request: UpgradeRequest): Credential[] {
    const entries = request.entries('sec-websocket-protocol');
    if (entries.length === 0) return [];
    return entries
      .filter(isBearerEntry)
      .map((entry) => credentialOf('subprotocol', 'bearer', entry.slice(BEARER_PROTOCOL_PREFIX.length)));
  }

  /**
   * One credential per cookie with the name: a browser sends several if they were set for several paths (RFC 6265
   * §5.4).
   */
  protected fromCookie(request: UpgradeRequest): Credential[] {
    const { authCookie } = this.options;
    if (authCookie === undefined) return [];
    return request
      .all('cookie')
      .flatMap((value) => value.split(';'))
      .map((pair) => parseCookie(pair)[authCookie])
      .filter((value) => value !== undefined)
      .map((value) => credentialOf('cookie', 'bearer', value));
  }

  protected fromTicket(request: UpgradeRequest): Credential[] {
    return request.query.getAll('ticket').map((value) => credentialOf('ticket', 'ticket', value));
  }

  protected fromQuery(request: UpgradeRequest): Credential[] {
    return request.query.getAll('token').map((value) => credentialOf('query', 'bearer', value));
  }
}

function credentialOf(source: CredentialSource, kind: CredentialKind, value: string): Credential {
  return { source, kind, token: VISIBLE_ASCII.test(value) ? value : '' };
}
