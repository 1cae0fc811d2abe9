import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';

/** A proxy that can delay what passes, or swallow it. */
export class Relay {
  /** Milliseconds that bytes wait, in each direction. */
  delayMs = 0;
  private readonly sockets = new Set<Socket>();
  /** Goes up when all connections of before become silent. */
  private era = 0;

  private constructor(
    private readonly server: Server,
    private readonly targetPort: number,
  ) {}

  static async start(targetPort: number): Promise<Relay> {
    const server = createServer({ noDelay: true }).listen(0, '127.0.0.1');
    const relay = new Relay(server, targetPort);
    server.on('connection', (near) => relay.accept(near));
    await once(server, 'listening');
    return relay;
  }

  get url(): string {
    return `redis://127.0.0.1:${(this.server.address() as { port: number }).port}`;
  }

  /** From now on, the open connections swallow everything and stay open. New ones are not affected. */
  silence(): void {
    this.era++;
  }

  async stop(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    this.server.close();
    await once(this.server, 'close');
  }

  private accept(near: Socket): void {
    const far = connect({ port: this.targetPort, host: '127.0.0.1', noDelay: true });
    this.join(near, far, this.era);
    this.join(far, near, this.era);
  }

  private join(from: Socket, to: Socket, era: number): void {
    this.sockets.add(from);
    const waiting: { at: number; bytes: Buffer }[] = [];
    const pass = (): void => {
      const [first] = waiting;
      if (!first || !to.writable) return;
      const rest = first.at - performance.now();
      if (rest > 0) {
        setTimeout(pass, rest);
        return;
      }
      waiting.shift();
      to.write(first.bytes);
      pass();
    };
    from.on('data', (bytes) => {
      if (era !== this.era) return;
      // What waits already goes first, also when there is no delay any more.
      if (waiting.push({ at: performance.now() + this.delayMs, bytes }) === 1) pass();
    });
    from.on('error', () => undefined);
    from.on('close', () => {
      this.sockets.delete(from);
      to.destroy();
    });
  }
}
