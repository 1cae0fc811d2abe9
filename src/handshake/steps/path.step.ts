import { Injectable } from '@nestjs/common';
import { HandshakeRefusal } from '../../errors/handshake.refusal.js';
import type { Handshake } from '../handshake.js';
import { HandshakeStep } from '../handshake-step.js';

/** Refuses paths without a gateway. Paths are compared byte for byte. */
@Injectable()
export class PathStep extends HandshakeStep {
  check({ endpoint }: Handshake): void {
    if (!endpoint) throw new HandshakeRefusal('UNKNOWN_PATH');
  }
}
