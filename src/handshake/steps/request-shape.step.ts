import { Injectable } from '@nestjs/common';
import { HandshakeRefusal } from '../../errors/handshake.refusal.js';
import type { Handshake } from '../handshake.js';
import { HandshakeStep } from '../handshake-step.js';
import { isHost, shapeRefusalOf } from '../opening-handshake.js';

/** Refuses requests that are not a valid opening handshake. */
@Injectable()
export class RequestShapeStep extends HandshakeStep {
  check({ request, host }: Handshake): void {
    const refusal = shapeRefusalOf(request);
    if (refusal) throw refusal;
    // A proxy may have sent another host.
    if (!isHost(host)) throw new HandshakeRefusal('BAD_HANDSHAKE');
  }
}
