import { Injectable } from '@nestjs/common';
import type { Handshake } from '../handshake.js';
import { HandshakeStep } from '../handshake-step.js';
import { shapeRefusalOf } from '../opening-handshake.js';

/** Is it an opening handshake at all? */
@Injectable()
export class RequestShapeStep extends HandshakeStep {
  check({ request }: Handshake): void {
    const refusal = shapeRefusalOf(request);
    if (refusal) throw refusal;
  }
}
