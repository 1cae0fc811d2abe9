import type { IncomingHttpHeaders } from 'node:http';
import type { ConnectionOptions } from 'node:tls';

/** What a test client offers in its handshake. @publicApi */
export interface TestConnectOptions {
  /** Sent as `Authorization: Bearer`. */
  token?: string;
  /** Subprotocols to offer. */
  protocols?: string[];
  origin?: string;
  headers?: Record<string, string>;
  /** Of a `wss:` server; its certificate is not checked unless `rejectUnauthorized` says so. */
  tls?: Pick<ConnectionOptions, 'ca' | 'cert' | 'key' | 'rejectUnauthorized'>;
  /** How long the client waits for each thing, in milliseconds; 5000 when left out. */
  timeoutMs?: number;
}

/** A handshake that was answered by HTTP. @publicApi */
export interface TestRefusal {
  status: number;
  /** Of the problem document, such as `UNAUTHENTICATED`; empty when there is none. */
  code: string;
  headers: IncomingHttpHeaders;
  body: Record<string, unknown>;
}
