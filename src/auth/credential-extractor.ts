import { Injectable } from '@nestjs/common';
import type { UpgradeRequest } from '../connection/upgrade-request.js';
import { BEARER_PROTOCOL_PREFIX } from '../protocol/subprotocol.js';

/** Where a credential stood, in the handshake or after it. @publicApi */
export type CredentialSource = 'header' | 'subprotocol' | 'message';

/** What a credential was sent as. @publicApi */
export type CredentialKind = 'bearer' | 'api-key';

/** @publicApi */
export interface Credential {
  readonly source: CredentialSource;
  readonly kind: CredentialKind;
  /** Empty when something stood there that is no bearer token, or no key. */
  readonly token: string;
}

// RFC 6750 §2.1: b64token; RFC 9110 §11.1: the scheme is case-insensitive.
const BEARER = /^bearer +([A-Za-z0-9\-._~+/]+=*)$/i;
const VISIBLE_ASCII = /^[!-~]+$/;

/**
 * Finds the credentials a handshake offers, all of them: that there is exactly one is for the caller to decide.
 *
 * @publicApi
 */
@Injectable()
export class CredentialExtractor {
  extract(request: UpgradeRequest): Credential[] {
    return [...this.fromHeader(request), ...this.fromApiKeyHeader(request), ...this.fromSubprotocol(request)];
  }

  protected fromHeader(request: UpgradeRequest): Credential[] {
    return request.all('authorization').map((value) => ({
      source: 'header',
      kind: 'bearer',
      token: BEARER.exec(value)?.[1] ?? '',
    }));
  }

  protected fromApiKeyHeader(request: UpgradeRequest): Credential[] {
    return request.all('x-api-key').map((value) => ({
      source: 'header',
      kind: 'api-key',
      token: VISIBLE_ASCII.test(value) ? value : '',
    }));
  }

  protected fromSubprotocol(request: UpgradeRequest): Credential[] {
    return request
      .entries('sec-websocket-protocol')
      .filter((entry) => entry.startsWith(BEARER_PROTOCOL_PREFIX))
      .map((entry) => ({
        source: 'subprotocol',
        kind: 'bearer',
        token: entry.slice(BEARER_PROTOCOL_PREFIX.length),
      }));
  }
}
