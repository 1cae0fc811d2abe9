import type { IncomingMessage, Server } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Clock } from '../../time/clock.js';
import type { TimerWheel } from '../../time/timer-wheel.js';
import { pathOfTarget } from '../upgrade-request.js';
import type { Endpoint } from '../endpoint.interface.js';
import { ForeignUpgrades } from './foreign-upgrades.js';
import type { HandshakeService } from '../handshake.service.js';
import { interceptEvents } from './intercept-events.js';
import { refuseHeaders } from '../refusal-response.js';
import { SocketDeadline } from './socket-deadline.js';

const MAX_HEADER_LINES = 1000;

type Upgrade = [request: IncomingMessage, socket: Duplex, head: Buffer];

/** They hand a request over, and another library may keep them from the listeners that were there before it. */
const REQUEST_EVENTS = new Set<string | symbol>(['request', 'checkContinue', 'checkExpectation', 'connect']);

/**
 * Takes the upgrades of one HTTP server whose path has gateways. The server's other listeners never see those:
 * each would answer on the same socket, or let somebody in that the gateways refuse.
 */
export class UpgradeListener {
  private readonly endpoints = new Map<string, Endpoint>();
  private readonly deadline: SocketDeadline;
  private readonly foreign: ForeignUpgrades;
  private readonly passedOn = new WeakSet<IncomingMessage>();
  private readonly endInterception: () => void;

  constructor(
    private readonly server: Server,
    private readonly handshakes: HandshakeService,
    wheel: TimerWheel,
    clock: Clock,
  ) {
    this.deadline = new SocketDeadline(server, wheel, clock);
    this.foreign = new ForeignUpgrades(wheel);
    this.endInterception = interceptEvents(server, this.onEvent);
    // Without any listener Node emits no upgrades.
    server.prependListener('upgrade', this.onUpgrade);
  }

  add(endpoint: Endpoint): void {
    this.endpoints.set(endpoint.path, endpoint);
  }

  /** Waits for nobody any more. Our paths are kept from the other listeners until the server has closed. */
  detach(): void {
    this.deadline.detach();
    this.foreign.close();
    if (this.server.listening) this.server.once('close', this.release);
    else this.release();
  }

  private readonly release = (): void => {
    this.endInterception();
    this.server.off('upgrade', this.onUpgrade);
  };

  private readonly onEvent = (event: string | symbol, args: readonly unknown[]): boolean => {
    if (event === 'upgrade') return this.take(...(args as Upgrade));
    if (REQUEST_EVENTS.has(event)) this.deadline.settle((args[0] as IncomingMessage).socket);
    return false;
  };

  /** Has work to do only where somebody removed the interception or calls the listeners directly. */
  private readonly onUpgrade = (...upgrade: Upgrade): void => {
    if (!this.passedOn.has(upgrade[0])) this.take(...upgrade);
  };

  /** @returns false when it may be another listener's */
  private take(...[request, socket, head]: Upgrade): boolean {
    this.deadline.settle(request.socket);
    const endpoint = this.endpoints.get(pathOfTarget(request.url ?? ''));
    if (!endpoint && this.hasNeighbours()) {
      this.passedOn.add(request);
      this.foreign.leave(request, socket, () => this.decide(request, undefined, socket, head));
      return false;
    }
    // An error that nobody listens to would end the process.
    socket.on('error', destroy);
    this.decide(request, endpoint, socket, head);
    return true;
  }

  private hasNeighbours(): boolean {
    return this.server.listeners('upgrade').some((listener) => listener !== this.onUpgrade);
  }

  private decide(
    request: IncomingMessage,
    endpoint: Endpoint | undefined,
    socket: Duplex,
    head: Buffer,
  ): void {
    try {
      // What comes now would be read as the answer to the request before (RFC 9112 §9.3.2).
      if (isAnswering(request.socket)) {
        socket.destroy();
        return;
      }
      if (request.rawHeaders.length > 2 * MAX_HEADER_LINES) {
        refuseHeaders(socket);
        return;
      }
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
