import { connect, type Socket } from 'node:net';
import { requestText } from './raw-handshake.js';

/** What became of handshakes that were made at once: those that were accepted stay open. */
export class ConnectStorm {
  /** How many were answered with each status; 0 for those that were cut. */
  readonly statuses = new Map<number, number>();
  /** The codes of the refusals. */
  readonly codes = new Set<string | undefined>();
  readonly open = new Set<Socket>();

  /** Sends so many handshakes of one user, in turn to each node. Resolves when all are answered. */
  run(urls: readonly string[], token: string, count: number): Promise<void> {
    return this.send(urls, requestText('/ws', { Authorization: `Bearer ${token}` }), count);
  }

  /** As {@link run}, with a ticket. */
  take(urls: readonly string[], ticket: string, count: number): Promise<void> {
    return this.send(urls, requestText(`/ws?ticket=${ticket}`), count);
  }

  /** Resolves when the first one is answered. */
  async answered(): Promise<void> {
    while (this.statuses.size === 0) await new Promise((resolve) => setTimeout(resolve, 1));
  }

  /** Ends so many of the connections that are open; all of them when left out. */
  async end(count = this.open.size): Promise<void> {
    const ended = [...this.open].slice(0, count);
    await Promise.all(
      ended.map((socket) => new Promise((resolve) => socket.once('close', resolve).destroy())),
    );
  }

  private async send(urls: readonly string[], request: string, count: number): Promise<void> {
    const ports = urls.map((url) => Number(new URL(url).port));
    await Promise.all(
      Array.from({ length: count }, (_, n) => this.attempt(ports[n % ports.length] as number, request)),
    );
  }

  private attempt(port: number, request: string): Promise<void> {
    return new Promise((resolve) => {
      const socket = connect({ port, host: '127.0.0.1' }, () => socket.write(request));
      let status: number | undefined;
      const answered = (answer: number, text = ''): void => {
        if (status !== undefined) return;
        status = answer;
        this.statuses.set(answer, (this.statuses.get(answer) ?? 0) + 1);
        if (answer === 101) this.open.add(socket);
        else {
          this.codes.add(/"code":"(\w+)"/.exec(text)?.[1]);
          socket.destroy();
        }
        resolve();
      };
      // An answer comes in one packet.
      socket.on('data', (bytes: Buffer) => {
        const text = bytes.toString('latin1');
        answered(Number(text.slice(9, 12)), text);
      });
      socket.on('error', () => undefined);
      socket.on('close', () => {
        this.open.delete(socket);
        answered(0);
      });
    });
  }
}
