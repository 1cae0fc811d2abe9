import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';

/** Stands between a client and a server, and can hold back, swallow or cut what passes. */
export class TcpRelay {
  /** How long bytes wait in each direction, in milliseconds. */
  delayMs = 0;
  /** Whether bytes are dropped in both directions while connections stay open. */
  isSwallowing = false;
  /** Whether new connections are ended at once. */
  isRefusing = false;
  /** How many connections there were. */
  accepted = 0;
  private readonly sockets = new Set<Socket>();

  private constructor(
    private readonly server: Server,
    readonly port: number,
  ) {}

  static async start(targetPort: number): Promise<TcpRelay> {
    const server = createServer({ noDelay: true }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const relay = new TcpRelay(server, (server.address() as { port: number }).port);
    server.on('connection', (near) => {
      relay.accepted++;
      if (relay.isRefusing) {
        near.destroy();
        return;
      }
      const far = connect({ port: targetPort, host: '127.0.0.1', noDelay: true });
      relay.join(near, far);
      relay.join(far, near);
    });
    return relay;
  }

  /** Ends all connections. */
  cut(): void {
    for (const socket of this.sockets) socket.destroy();
  }

  async stop(): Promise<void> {
    this.cut();
    this.server.close();
    await once(this.server, 'close');
  }

  private join(from: Socket, to: Socket): void {
    this.sockets.add(from);
    let isLost = false;
    let written = Promise.resolve();
    let waiting = 0;
    const writeLater = async (bytes: Buffer, at: number, before: Promise<void>): Promise<void> => {
      await before;
      await new Promise((resolve) => setTimeout(resolve, at - performance.now()));
      waiting--;
      if (to.writable) to.write(bytes);
    };
    from.on('data', (bytes: Buffer) => {
      // What has been swallowed is missing for good: this connection passes nothing more.
      isLost ||= this.isSwallowing;
      if (isLost) return;
      // Nothing overtakes what waits, also when less is waited for now.
      if (this.delayMs === 0 && waiting === 0) to.write(bytes);
      else {
        waiting++;
        written = writeLater(bytes, performance.now() + this.delayMs, written);
      }
    });
    from.on('error', () => undefined);
    from.on('close', () => {
      this.sockets.delete(from);
      to.destroy();
    });
  }
}
