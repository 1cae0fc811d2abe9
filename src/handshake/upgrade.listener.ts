import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { Logger } from '@nestjs/common';
import type { Clock } from '../connection/clock.js';
import type { TimerWheel } from '../connection/timer-wheel.js';
import type { Endpoint } from './endpoint.interface.js';
import type { HandshakeService } from './handshake.service.js';
import { refuseHeaders } from './refusal-response.js';
import { SocketDeadline } from './socket-deadline.js';
import { whenUnclaimed } from './unclaimed.js';

const MAX_HEADER_LINES = 1000;

/** Listens to the upgrades of one HTTP server and knows which path has gateways. */
export class UpgradeListener {
  private readonly logger = new Logger('WsSecurity');
  private readonly endpoints = new Map<string, Endpoint>();
  private readonly deadline: SocketDeadline;

  constructor(
    private readonly server: Server,
    private readonly handshakes: HandshakeService,
    private readonly wheel: TimerWheel,
    clock: Clock,
  ) {
    this.deadline = new SocketDeadline(server, wheel, clock);
    server.on('upgrade', this.onUpgrade);
  }

  add(endpoint: Endpoint): void {
    this.endpoints.set(endpoint.path, endpoint);
  }

  detach(): void {
    this.deadline.detach();
    this.server.off('upgrade', this.onUpgrade);
  }

  private readonly onUpgrade = (request: IncomingMessage, socket: Duplex, head: Buffer): void => {
    this.deadline.settle(request.socket);
    const endpoint = this.endpoints.get(pathOf(request.url ?? ''));
    // A path that is not ours may belong to another listener on the same server, or to none of them.
    if (!endpoint && this.server.listenerCount('upgrade') > 1)
      whenUnclaimed(request.socket, this.wheel, () => this.handle(request, undefined, socket, head));
    else this.handle(request, endpoint, socket, head);
  };

  private handle(
    request: IncomingMessage,
    endpoint: Endpoint | undefined,
    socket: Duplex,
    head: Buffer,
  ): void {
    socket.on('error', destroy);
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
    this.logger.error('A handshake failed', error instanceof Error ? error.stack : String(error));
    socket.destroy();
  }
}

function destroy(this: Duplex): void {
  this.destroy();
}

/** The request target up to the query, byte for byte as sent. */
function pathOf(target: string): string {
  const query = target.indexOf('?');
  return query === -1 ? target : target.slice(0, query);
}
