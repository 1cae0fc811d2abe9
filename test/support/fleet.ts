import {
  WsClient,
  type ClientState,
  type ClientStatus,
  type WsClientOptions,
} from 'nestjs-ws-security/client';
import { WebSocket } from 'ws';
import { mintToken } from './tokens.js';

/** One of our clients and the socket it is on, so that a test can cut the line under it. */
export class FleetMember {
  readonly client: WsClient;
  private line: WebSocket | undefined;

  constructor(url: string, sub: string, options: Partial<WsClientOptions> = {}) {
    const took = (socket: WebSocket): void => void (this.line = socket);
    class RememberedSocket extends WebSocket {
      constructor(address: string, protocols: string[]) {
        super(address, protocols);
        took(this);
      }
    }
    this.client = new WsClient({
      url,
      token: () => mintToken({ sub }),
      WebSocket: RememberedSocket,
      ...options,
    });
  }

  /** Without a closing handshake, and with whatever was on its way to the client. */
  cut(): void {
    this.line?.terminate();
  }

  /** The next change to a state. */
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

/** So many members of ten users, all of them connected. */
export async function connectFleet(
  url: string,
  count: number,
  options: Partial<WsClientOptions> = {},
): Promise<FleetMember[]> {
  const members = Array.from({ length: count }, (_, n) => new FleetMember(url, `user-${n % 10}`, options));
  const open = members.map((member) => member.next('open'));
  for (const { client } of members) client.connect();
  await Promise.all(open);
  return members;
}
