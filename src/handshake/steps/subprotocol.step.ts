import { Injectable } from '@nestjs/common';
import {
  BEARER_PROTOCOL_PREFIX,
  RESUME_PROTOCOL_PREFIX,
  WS_SECURITY_PROTOCOL,
} from '../../protocol/subprotocol.js';
import type { Handshake } from '../handshake.js';
import { HandshakeStep } from '../handshake-step.js';

/** The server chooses one of the offered subprotocols (RFC 6455 §4.2.2), never an entry that carries a secret. */
@Injectable()
export class SubprotocolStep extends HandshakeStep {
  check(handshake: Handshake): void {
    const offered = handshake.request
      .entries('sec-websocket-protocol')
      .filter((entry) => !this.isSecret(entry));
    const preferred = handshake.endpoint?.policy.protocols ?? offered;
    handshake.protocol = [WS_SECURITY_PROTOCOL, ...preferred].find((protocol) => offered.includes(protocol));
  }

  private isSecret(entry: string): boolean {
    return entry.startsWith(BEARER_PROTOCOL_PREFIX) || entry.startsWith(RESUME_PROTOCOL_PREFIX);
  }
}
