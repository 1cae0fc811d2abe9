import { Injectable } from '@nestjs/common';
import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import { bindConnection, connectionOf } from '../connection/connection-of.js';
import { Counters } from '../counters/counters.js';
import { ServedConnection } from '../connection/served-connection.js';
import type { Handshake } from '../handshake/handshake.js';
import { OutboundSocket } from '../messages/outbound.socket.js';
import type { ResolvedOptions } from '../options/options.schema.js';
import { InjectSecurityOptions } from '../options/options.token.js';
import { CloseCode } from '../protocol/close-code.enum.js';
import { Clock } from '../time/clock.js';
import { TimerWheel } from '../time/timer-wheel.js';
import { endReceiverOnce } from './end-once.js';

/** Creates the connection of an accepted socket. */
@Injectable()
export class ConnectionFactory {
  constructor(
    @InjectSecurityOptions() private readonly options: ResolvedOptions,
    private readonly clock: Clock,
    private readonly wheel: TimerWheel,
    private readonly counters: Counters,
  ) {}

  /** @param stream the socket that `client` reads from */
  create(client: WebSocket, stream: Duplex, handshake: Handshake, id: string): ServedConnection {
    const { principal, address, request, endpoint, proof, isUnsecured } = handshake;
    // Shared by all connections, and not chosen by the client.
    const path = endpoint?.path ?? request.path;
    const counters = this.counters.path(path);
    const { backlog } = this.counters;
    const connection = new ServedConnection({
      id,
      socket: new OutboundSocket(client, stream, this.options, this.wheel, closeSlow, counters, backlog),
      principal,
      limitKey: handshake.limitKey,
      auth: handshake.auth,
      address,
      path,
      openedAt: this.clock.now(),
      proof,
      isUnsecured,
      counters,
    });
    bindConnection(client, connection);
    bindConnection(stream, connection);
    endReceiverOnce(client);
    return connection;
  }
}

function closeSlow(client: WebSocket): void {
  connectionOf(client).close(CloseCode.TRY_AGAIN_LATER, 'too slow');
}
