import type { IncomingMessage, Server } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Clock } from '../../time/clock.js';
import type { TimerWheel } from '../../time/timer-wheel.js';
import { pathOfTarget } from '../upgrade-request.js';
import type { Endpoint } from '../handshake.js';
import { ForeignUpgrades } from './foreign-upgrades.js';
import type { HandshakeService } from '../handshake.service.js';
import { interceptEvents } from './intercept-events.js';
import { refuseHeaders } from '../refusal-response.js';
import { SocketDeadline } from './socket-deadline.js';

const MAX_HEADER_LINES = 1000;

type Upgrade = [request: IncomingMessage, socket: Duplex, head: Buffer];

/** Events of requests. They are watched here because another library may hide them from other listeners. */
const REQUEST_EVENTS = new Set<string | symbol>(['request', 'checkContinue', 'checkExpectation', 'connect']);

/**
 * Takes the upgrades of one HTTP server for paths with gateways. Other listeners of the server never see these
 * upgrades: they would answer on the same socket, or accept a client that the gateways refuse.
 */
export class UpgradeListener {
  private readonly endpoints = new Map<string, Endpoint>();
  private anyPath: Endpoint | undefined;
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
    // Node emits no upgrades without a listener.
    server.prependListener('upgrade', this.onUpgrade);
  }

  add(endpoint: Endpoint): void {
    this.endpoints.set(endpoint.path, endpoint);
  }

  /** Takes all paths that no other endpoint has. */
  addForAnyPath(endpoint: Endpoint): void {
    this.anyPath = endpoint;
  }

  /** Ends all waits. Upgrades for gateway paths are hidden from other listeners until the server has closed. */
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

  /** Needed only if other code has removed the interception or calls the listeners directly. */
  private readonly onUpgrade = (...upgrade: Upgrade): void => {
    if (!this.passedOn.has(upgrade[0])) this.take(...upgrade);
  };

  /** @returns false if the upgrade may belong to another listener */
  private take(...[request, socket, head]: Upgrade): boolean {
    this.deadline.settle(request.socket);
    const endpoint = this.endpoints.get(pathOfTarget(request.url ?? '')) ?? this.anyPath;
    if (!endpoint && this.hasOtherListeners()) {
      this.passedOn.add(request);
      this.foreign.leave(request, socket, () => this.decide(request, undefined, socket, head));
      return false;
    }
    // Without a listener, an error would end the process.
    socket.on('error', destroy);
    this.decide(request, endpoint, socket, head);
    return true;
  }

  private hasOtherListeners(): boolean {
    return this.server.listeners('upgrade').some((listener) => listener !== this.onUpgrade);
  }

  private decide(
    request: IncomingMessage,
    endpoint: Endpoint | undefined,
    socket: Duplex,
    head: Buffer,
  ): void {
    try {
      // An answer now would be read as the response to the previous request (RFC 9112 §9.3.2).
      if (isAnswering(request.socket)) {
        this.handshakes.undecided(endpoint);
        socket.destroy();
        return;
      }
      if (request.rawHeaders.length > 2 * MAX_HEADER_LINES) {
        this.handshakes.undecided(endpoint);
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

/** Whether a response is in progress on a socket. The types of Node do not have this property. */
function isAnswering(socket: Socket): boolean {
  // oxlint-disable-next-line no-underscore-dangle -- Node's own name
  return Boolean((socket as { _httpMessage?: unknown })._httpMessage);
}
