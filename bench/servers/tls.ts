import { readFileSync } from 'node:fs';

interface ServerKeys {
  readonly cert: Buffer;
  readonly key: Buffer;
}

/** The certificate of a server, or undefined when the run is without TLS. */
export function serverKeys(): ServerKeys | undefined {
  const { WS_TLS_CERT_FILE: cert, WS_TLS_KEY_FILE: key } = process.env;
  return cert && key ? { cert: readFileSync(cert), key: readFileSync(key) } : undefined;
}

/** The keys of TLS tickets that several servers share, as an option of `tls.createServer()`. */
export function sharedTicketKeys(): { ticketKeys?: Buffer } {
  const keys = process.env['BENCH_TICKET_KEYS'];
  return keys ? { ticketKeys: Buffer.from(keys, 'base64') } : {};
}
