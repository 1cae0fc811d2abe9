import { WebSocket } from 'ws';

/** A client of the Socket.IO protocol (version 5 over Engine.IO 4), on a WebSocket. */
export class SocketIoClient {
  readonly closed: Promise<void>;
  private readonly socket: WebSocket;
  private readonly events: [event: string, data: unknown][] = [];
  private readonly readers: ((event: [string, unknown]) => void)[] = [];
  private readonly acknowledged = new Map<string, (answer: unknown) => void>();
  private ids = 0;
  private settle: (error: string | undefined) => void = () => undefined;

  private constructor(url: string, token: string, origin: string | undefined) {
    const headers = origin === undefined ? {} : { origin };
    this.socket = new WebSocket(`${url}/socket.io/?EIO=4&transport=websocket`, { headers });
    this.closed = new Promise((resolve) => this.socket.on('close', () => resolve()));
    this.socket.on('message', (packet: Buffer) => this.onPacket(packet.toString(), token));
    this.socket.on('error', () => undefined);
  }

  /** Rejects if the server refuses the client. */
  static async connect(url: string, token: string, origin?: string): Promise<SocketIoClient> {
    const client = new SocketIoClient(url, token, origin);
    const error = await Promise.race([
      new Promise<string | undefined>((resolve) => (client.settle = resolve)),
      client.closed.then(() => 'closed'),
    ]);
    if (error === undefined) return client;
    client.socket.terminate();
    throw new Error(error);
  }

  /** Emits an event and resolves with its acknowledgement. */
  emit(event: string, data: unknown): Promise<unknown> {
    const id = String(++this.ids);
    this.socket.send(`42${id}${JSON.stringify([event, data])}`);
    return new Promise((resolve) => this.acknowledged.set(id, resolve));
  }

  /** The next event from the server. */
  next(): Promise<[event: string, data: unknown]> {
    const event = this.events.shift();
    return event ? Promise.resolve(event) : new Promise((resolve) => this.readers.push(resolve));
  }

  async close(): Promise<void> {
    this.socket.close();
    await this.closed;
  }

  private onPacket(packet: string, token: string): void {
    const kind = packet.slice(0, packet.startsWith('4') ? 2 : 1);
    const [, id = '', body = ''] = /^(\d*)(.*)$/s.exec(packet.slice(kind.length)) ?? [];
    if (kind === '0') this.socket.send(`40${JSON.stringify({ token })}`);
    else if (kind === '2') this.socket.send('3');
    else if (kind === '40') this.settle(undefined);
    else if (kind === '44') this.settle((JSON.parse(body) as { message: string }).message);
    else if (kind === '42') this.onEvent(JSON.parse(body) as [string, unknown]);
    else if (kind === '43') this.acknowledged.get(id)?.((JSON.parse(body) as unknown[])[0]);
  }

  private onEvent(event: [string, unknown]): void {
    const reader = this.readers.shift();
    if (reader) reader(event);
    else this.events.push(event);
  }
}
