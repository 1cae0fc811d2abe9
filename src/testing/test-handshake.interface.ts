import type { IncomingHttpHeaders } from 'node:http';
import type { ConnectionOptions } from 'node:tls';

/** The options of a test client's handshake. @publicApi */
export interface TestConnectOptions {
  /** Sent as `Authorization: Bearer`. */
  token?: string;
  /** Subprotocols to offer. */
  protocols?: string[];
  origin?: string;
  headers?: Record<string, string>;
  /** Options for a `wss:` server. Its certificate is checked only with `rejectUnauthorized`. */
  tls?: Pick<ConnectionOptions, 'ca' | 'cert' | 'key' | 'rejectUnauthorized'>;
  /** The timeout of each wait in milliseconds; default 4000. */
  timeoutMs?: number;
}

/** A handshake with an HTTP response. @publicApi */
export interface TestRefusal {
  status: number;
  /** The code of the problem document, such as `UNAUTHENTICATED`; empty without one. */
  code: string;
  headers: IncomingHttpHeaders;
  body: Record<string, unknown>;
}
