import { connect, createServer, type Server, type Socket } from 'node:net';

/** Hands TCP connections to the nodes that listen, one after the other. What they say is between client and node. */
export class Balancer {
  private readonly server: Server;
  private next = 0;

  /** @param ports of the nodes that listen now */
  constructor(private readonly ports: () => readonly number[]) {
    this.server = createServer({ pauseOnConnect: true }, (client) => {
      client.on('error', () => client.destroy());
      this.serve(client, this.ports().length);
    });
  }

  /** @returns the port */
  listen(port: number, host: string): Promise<number> {
    return new Promise((resolve, reject) => {
      this.server.once('error', reject);
      this.server.listen(port, host, () => resolve((this.server.address() as { port: number }).port));
    });
  }

  close(): void {
    this.server.close();
  }

  /** @param attempts how many nodes may still be asked: one that has just ended refuses */
  private serve(client: Socket, attempts: number): void {
    const ports = this.ports();
    const port = ports[this.next++ % ports.length];
    if (port === undefined || attempts === 0) return void client.destroy();
    const node = connect(port, '127.0.0.1');
    let isOpen = false;
    node.once('connect', () => {
      isOpen = true;
      client.pipe(node).pipe(client);
      client.resume();
    });
    node.once('error', () => (isOpen ? client.destroy() : this.serve(client, attempts - 1)));
    // A line that breaks on one side breaks on the other.
    node.once('close', () => isOpen && client.destroy());
    client.once('close', () => node.destroy());
  }
}
