import { Injectable } from '@nestjs/common';
import { ConnectRate } from '../connect-rate.js';
import type { Handshake } from '../handshake.js';
import { HandshakeStep } from '../handshake-step.js';

/** Limits the rate of handshakes per address. */
@Injectable()
export class ConnectRateStep extends HandshakeStep {
  constructor(private readonly rate: ConnectRate) {
    super();
  }

  check({ address }: Handshake): void | Promise<void> {
    return this.rate.count(address, 'connect');
  }
}
