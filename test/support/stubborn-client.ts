import { connect as connectTcp, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { requestText } from './raw-handshake.js';

const MIB = 1_048_576;

/** A client that writes raw bytes and keeps sending after the server has closed. */
export class StubbornClient {
  private received = Buffer.alloc(0);
  private wake: () => void = () => undefined;
  private readonly socket: Socket;
  /** Bytes that are added to each write. */
  behind = Buffer.alloc(0);

  /** @param served the server's side of the connection, once it has one */
  constructor(
    port: number,
    isSecure: boolean,
    path: string,
    private readonly served: () => Socket,
  ) {
    const at = { port, host: '127.0.0.1', allowHalfOpen: true };
    this.socket = isSecure ? connectTls({ ...at, rejectUnauthorized: false }) : connectTcp(at);
    this.socket.on('error', () => undefined);
    this.socket.on('data', (chunk) => {
      this.received = Buffer.concat([this.received, chunk]);
      this.wake();
    });
    this.socket.write(requestText(path));
  }

  write(bytes: Buffer): void {
    this.socket.write(Buffer.concat([bytes, this.behind]));
  }

  async until(condition: (received: string) => boolean): Promise<void> {
    while (!condition(this.received.toString('latin1')))
      await new Promise<void>((resolve) => (this.wake = resolve));
  }

  /** Sends 2 MiB without reading. @returns how many bytes the server had read when it cut the connection */
  async keepSending(junk: Buffer, first: Buffer = Buffer.alloc(0)): Promise<number> {
    const served = this.served();
    if (served.destroyed) return 0;
    const cut = new Promise((resolve) => served.once('close', resolve));
    const before = served.bytesRead;
    this.socket.write(Buffer.concat([first, junk]));
    for (let sent = 0; sent < 2 * MIB; sent += junk.length) this.socket.write(junk);
    await cut;
    this.socket.destroy();
    return served.bytesRead - before;
  }

  /** Waits for the server's FIN and ends the connection too. */
  async end(): Promise<void> {
    await new Promise((resolve) => this.socket.once('end', resolve));
    this.socket.end();
  }
}
