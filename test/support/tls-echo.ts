import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type Server, type ServerOptions } from 'node:https';
import type { AddressInfo } from 'node:net';
import { connect, type ConnectionOptions, type TLSSocket } from 'node:tls';
import type { Principal } from 'nestjs-ws-security';
import { WebSocket, WebSocketServer } from 'ws';
import { principalOfCertificate } from '../../src/handshake/tls/client-certificate.js';
import type { Issued } from './certificate-authority.js';

/** What is undone after each test, latest first. */
export const cleanups: (() => unknown)[] = [];

export interface TlsEcho {
  server: Server;
  port: number;
  /** The principal of each WebSocket connection. */
  principals: (Principal | undefined)[];
  sockets: TLSSocket[];
}

/** Echoes over wss. */
export async function serve(options: ServerOptions): Promise<TlsEcho> {
  const server = createServer(options);
  const wss = new WebSocketServer({ server });
  const echo: TlsEcho = { server, port: 0, principals: [], sockets: [] };
  wss.on('connection', (client, request) => {
    echo.sockets.push(request.socket as TLSSocket);
    echo.principals.push(principalOfCertificate(request.socket as TLSSocket));
    client.on('message', (data: Buffer) => client.send(data.toString()));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  echo.port = (server.address() as AddressInfo).port;
  cleanups.push(() => {
    for (const client of wss.clients) client.terminate();
    server.closeAllConnections();
    server.close();
  });
  return echo;
}

interface Greeting {
  protocol: string | null;
  cipher: string;
  serial: string | undefined;
}

/** Does a TLS handshake and disconnects. Rejects with the error of either side. */
export async function greet(port: number, options: ConnectionOptions = {}): Promise<Greeting> {
  const socket = connect({ port, host: '127.0.0.1', rejectUnauthorized: false, ...options });
  try {
    await once(socket, 'secureConnect');
    return {
      protocol: socket.getProtocol(),
      cipher: socket.getCipher().standardName,
      serial: socket.getPeerX509Certificate()?.serialNumber,
    };
  } finally {
    socket.destroy();
  }
}

/** Connects over wss, with a client certificate if one is given. Rejects when the server refuses. */
export async function open(
  port: number,
  own?: Pick<Issued, 'cert' | 'key'>,
  more: ConnectionOptions = {},
): Promise<WebSocket> {
  const socket = new WebSocket(`wss://127.0.0.1:${port}`, {
    rejectUnauthorized: false,
    ...(own && { cert: own.cert, key: own.key }),
    ...more,
  });
  cleanups.push(() => socket.terminate());
  await once(socket, 'open');
  return socket;
}

export async function echoOf(socket: WebSocket, text: string): Promise<string> {
  const answer = once(socket, 'message') as Promise<[Buffer]>;
  socket.send(text);
  return (await answer)[0].toString();
}

interface OpensslResult {
  isOk: boolean;
  output: string;
}

export function sClient(port: number, ...options: string[]): Promise<OpensslResult> {
  const args = ['s_client', '-connect', `127.0.0.1:${port}`, ...options];
  return new Promise((resolve) => {
    const child = execFile('openssl', args, (error, stdout, stderr) =>
      resolve({ isOk: error === null, output: stdout + stderr }),
    );
    child.stdin?.end();
  });
}
