import { connect, type NetConnectOpts, type Socket } from 'node:net';
import { connect as connectTls, createSecureContext, type TLSSocket } from 'node:tls';

// Each read is processed before the next one starts, so all sockets share one buffer.
const READ_BUFFER = Buffer.alloc(65_536);

// One for all: creating a context takes longer than a handshake.
const SECURE_CONTEXT = createSecureContext({ minVersion: 'TLSv1.3' });

/** How a client uses TLS. */
export interface TlsUse {
  /** The ticket of an earlier connection. Missing: a full handshake. */
  readonly session?: Buffer | undefined;
  /** Gets tickets for the next connection. */
  readonly onSession?: ((session: Buffer) => void) | undefined;
  /** Hears whether the server accepted the ticket. */
  readonly onSecure?: ((isResumed: boolean) => void) | undefined;
}

export interface SocketOptions {
  readonly port: number;
  /** The source address. Default: chosen by the system. */
  readonly source?: string | undefined;
  /** Missing or false: no TLS. */
  readonly tls?: TlsUse | boolean | undefined;
  readonly onRead: (buffer: Buffer, size: number) => void;
  readonly onReady: () => void;
}

/** A socket to 127.0.0.1, with TLS 1.3 on request. */
export function openSocket({ port, source, tls, onRead, onReady }: SocketOptions): Socket {
  const options = {
    port,
    host: '127.0.0.1',
    ...(source !== undefined && { localAddress: source }),
    noDelay: true,
    onread: {
      buffer: READ_BUFFER,
      callback: (size: number, buffer: Uint8Array) => {
        onRead(buffer as Buffer, size);
        return true;
      },
    },
  };
  return tls ? openTls(options, tls === true ? {} : tls, onReady) : connect(options, onReady);
}

function openTls(
  options: NetConnectOpts,
  { session, onSession, onSecure }: TlsUse,
  onReady: () => void,
): Socket {
  const socket: TLSSocket = connectTls({
    ...options,
    secureContext: SECURE_CONTEXT,
    session,
    // Everything is on the loopback of one machine. The checks would cost only the clients.
    rejectUnauthorized: false,
  });
  socket.once('secureConnect', () => {
    onSecure?.(socket.isSessionReused());
    onReady();
  });
  if (onSession) socket.on('session', onSession);
  return socket;
}
