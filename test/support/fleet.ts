import {
  WsClient,
  type ClientState,
  type ClientStatus,
  type WsClientOptions,
} from 'nestjs-ws-security/client';
import { WebSocket } from 'ws';
import { mintToken } from './tokens.js';

/** One of our clients with its socket, so that a test can break the connection. */
export class FleetMember {
  readonly client: WsClient;
  private socket: WebSocket | undefined;

  constructor(url: string, token: string, options: Partial<WsClientOptions> = {}) {
    const remember = (socket: WebSocket): void => void (this.socket = socket);
    class RememberedSocket extends WebSocket {
      constructor(address: string, protocols: string[]) {
        super(address, protocols);
        remember(this);
      }
    }
    this.client = new WsClient({
      url,
      token: () => Promise.resolve(token),
      WebSocket: RememberedSocket,
      ...options,
    });
  }

  /** Breaks the connection without a closing handshake. Frames on their way are lost. */
  cut(): void {
    this.socket?.terminate();
  }

  /** Resolves at the next change to a state. */
  next(state: ClientState): Promise<ClientStatus> {
    return new Promise((resolve) => {
      const stop = this.client.on('status', (status) => {
        if (status.state !== state) return;
        stop();
        resolve(status);
      });
    });
  }
}

const USERS = 10;

/** Connects `count` clients of ten users. */
export async function connectFleet(
  url: string,
  count: number,
  options: Partial<WsClientOptions> = {},
): Promise<FleetMember[]> {
  const tokens = await Promise.all(Array.from({ length: USERS }, (_, n) => mintToken({ sub: `user-${n}` })));
  const members = Array.from(
    { length: count },
    (_, n) => new FleetMember(url, tokens[n % USERS] as string, options),
  );
  const open = members.map((member) => member.next('open'));
  for (const { client } of members) void client.connect();
  await Promise.all(open);
  return members;
}
