import { Injectable } from '@nestjs/common';
import type { Handshake } from '../handshake.js';
import { HandshakeStep } from '../handshake-step.js';
import { chooseSubprotocol } from '../subprotocol.js';

/** Chooses the subprotocol. */
@Injectable()
export class SubprotocolStep extends HandshakeStep {
  check(handshake: Handshake): void {
    handshake.protocol = chooseSubprotocol(handshake);
  }
}
