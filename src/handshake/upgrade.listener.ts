import type { IncomingMessage, Server } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Clock } from '../connection/clock.js';
import type { TimerWheel } from '../connection/timer-wheel.js';
import type { Endpoint } from './endpoint.interface.js';
import { ForeignUpgrades } from './foreign-upgrades.js';
import type { HandshakeService } from './handshake.service.js';
import { refuseHeaders } from './refusal-response.js';
import { SocketDeadline } from './socket-deadline.js';

const MAX_HEADER_LINES = 1000;

/** Listens to the upgrades of one HTTP server and knows which path has gateways. */
export class UpgradeListener {
  private readonly endpoints = new Map<string, Endpoint>();
  private readonly deadline: SocketDeadline;
  private readonly foreign: ForeignUpgrades;

  constructor(
    private readonly server: Server,
    private readonly handshakes: HandshakeService,
    wheel: TimerWheel,
    clock: Clock,
  ) {
    this.deadline = new SocketDeadline(server, wheel, clock);
    this.foreign = new ForeignUpgrades(wheel);
    // Before the others: what they do to a socket tells whether it is theirs.
    server.prependListener('upgrade', this.onUpgrade);
  }

  add(endpoint: Endpoint): void {
    this.endpoints.set(endpoint.path, endpoint);
  }

  detach(): void {
    this.deadline.detach();
    this.server.off('upgrade', this.onUpgrade);
    this.foreign.close();
  }

  private readonly onUpgrade = (request: IncomingMessage, socket: Duplex, head: Buffer): void => {
    this.deadline.settle(request.socket);
    // Also while another may take it: an error that nobody listens to would end the process.
    socket.on('error', destroy);
    const endpoint = this.endpoints.get(pathOf(request.url ?? ''));
    // A path that is not ours may belong to another listener on the same server.
    if (!endpoint && this.server.listenerCount('upgrade') > 1)
      this.foreign.leave(socket, () => this.decide(request, undefined, socket, head));
    else this.decide(request, endpoint, socket, head);
  };

  private decide(
    request: IncomingMessage,
    endpoint: Endpoint | undefined,
    socket: Duplex,
    head: Buffer,
  ): void {
    // What comes now would be read as the answer to the request before (RFC 9112 §9.3.2).
    if (isAnswering(request.socket)) {
      socket.destroy();
      return;
    }
    if (request.rawHeaders.length > 2 * MAX_HEADER_LINES) {
      refuseHeaders(socket);
      return;
    }
    try {
      const pending = this.handshakes.handle(request, endpoint, socket, head);
      pending?.catch((error: unknown) => this.giveUp(socket, error));
    } catch (error) {
      this.giveUp(socket, error);
    }
  }

  private giveUp(socket: Duplex, error: unknown): void {
    this.handshakes.report(error);
    socket.destroy();
  }
}

function destroy(this: Duplex): void {
  this.destroy();
}

/** Whether a response is under way on a socket. Node keeps it where no type says so. */
function isAnswering(socket: Socket): boolean {
  // oxlint-disable-next-line no-underscore-dangle -- Node's own name
  return Boolean((socket as { _httpMessage?: unknown })._httpMessage);
}

/** The request target up to the query, byte for byte as sent. */
function pathOf(target: string): string {
  const query = target.indexOf('?');
  return query === -1 ? target : target.slice(0, query);
}
