/** A server that clients connect to, on 127.0.0.1. */
export interface Target {
  readonly port: number;
  /** Whether it expects TLS. */
  readonly tls?: boolean;
}

/** The TLS handshakes of clients: each one in full, or resumed with the ticket of the handshake before (RFC 8446 §2.2). */
export type TlsHandshakes = 'full' | 'resumed';
