import { Injectable } from '@nestjs/common';
import type { UpgradeRequest } from '../connection/upgrade-request.js';
import { BEARER_PROTOCOL_PREFIX } from '../protocol/subprotocol.js';

/** Where a credential stood in the handshake. @publicApi */
export type CredentialSource = 'header' | 'subprotocol';

/** @publicApi */
export interface Credential {
  readonly source: CredentialSource;
  /** Empty when something stood there that is no bearer token. */
  readonly token: string;
}

// RFC 6750 §2.1: b64token; RFC 9110 §11.1: the scheme is case-insensitive.
const BEARER = /^bearer +([A-Za-z0-9\-._~+/]+=*)$/i;

/**
 * Finds the credentials a handshake offers, all of them: that there is exactly one is for the caller to decide.
 *
 * @publicApi
 */
@Injectable()
export class CredentialExtractor {
  extract(request: UpgradeRequest): Credential[] {
    return [...this.fromHeader(request), ...this.fromSubprotocol(request)];
  }

  protected fromHeader(request: UpgradeRequest): Credential[] {
    return request.all('authorization').map((value) => ({
      source: 'header',
      token: BEARER.exec(value)?.[1] ?? '',
    }));
  }

  protected fromSubprotocol(request: UpgradeRequest): Credential[] {
    return request
      .entries('sec-websocket-protocol')
      .filter((entry) => entry.startsWith(BEARER_PROTOCOL_PREFIX))
      .map((entry) => ({ source: 'subprotocol', token: entry.slice(BEARER_PROTOCOL_PREFIX.length) }));
  }
}
