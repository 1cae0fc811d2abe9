import { hash } from 'node:crypto';
import type { TLSSocket } from 'node:tls';
import type { Clock } from '../../time/clock.js';
import type { SenderProof } from '../../connection/sender-proof.js';
import { verifiedCertificateOf } from './client-certificate.js';

/** Reads the certificate of a connection at each call, because it may have expired. */
export class CertificateProof implements SenderProof {
  constructor(
    private readonly socket: TLSSocket,
    private readonly clock: Clock,
  ) {}

  get certificateThumbprint(): string | undefined {
    const verified = verifiedCertificateOf(this.socket, this.clock.now());
    return verified && hash('sha256', verified.certificate.raw, 'base64url');
  }
}
