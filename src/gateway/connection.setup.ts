import { Injectable } from '@nestjs/common';
import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import { ConnectionLifecycleService } from '../connection/connection-lifecycle.service.js';
import type { ServedConnection } from '../connection/served-connection.js';
import { Faults } from '../faults/faults.js';
import { clientDetailsOf } from '../handshake/client/client-details.js';
import type { Handshake } from '../handshake/handshake.js';
import { resumeOfferOf } from '../handshake/subprotocol.js';
import { FirstMessageLogin } from '../login/first-message-login.js';
import { InBandAuth } from '../login/in-band-auth.js';
import { ChannelServices } from '../messages/channel-services.js';
import type { EventTarget } from '../messages/event-target.interface.js';
import { MessageChannel } from '../messages/message-channel.js';
import type { ResolvedOptions } from '../options/options.schema.js';
import { InjectSecurityOptions } from '../options/options.token.js';
import { ConnectionEntry } from './connection.entry.js';
import { ConnectionFactory } from './connection.factory.js';

/**
 * Creates the connection of an accepted socket. The connection is registered and watched, and handles messages after
 * the connect hooks are done.
 */
@Injectable()
export class ConnectionSetup {
  constructor(
    @InjectSecurityOptions() private readonly options: ResolvedOptions,
    private readonly connections: ConnectionFactory,
    private readonly channels: ChannelServices,
    private readonly lifecycle: ConnectionLifecycleService,
    private readonly auth: InBandAuth,
    private readonly login: FirstMessageLogin,
    private readonly entry: ConnectionEntry,
    private readonly faults: Faults,
  ) {}

  /** @param announce passes the connection to Nest, which runs the connect hooks and binds the handlers */
  open(
    client: WebSocket,
    stream: Duplex,
    targets: ReadonlyMap<string, EventTarget>,
    handshake: Handshake,
    id: string,
    announce: () => void,
  ): void {
    const connection = this.connections.create(client, stream, handshake, id);
    const channel = new MessageChannel(client, stream, targets, connection, this.channels);
    connection.takeOver(handshake.takeHeld());
    this.lifecycle.accepted(connection, clientDetailsOf(handshake.request));
    if (connection.principal.id !== null) this.auth.remember(connection, handshake);
    else if (this.options.authSources.includes('message')) {
      this.auth.expect(connection, handshake);
    }
    const offer = this.options.resume ? resumeOfferOf(handshake.request) : undefined;
    const incoming = { client, connection, channel, announce, offer };
    if (!handshake.awaitsLogin) {
      this.settle(connection, this.entry.start(incoming));
      return;
    }
    channel.pause();
    const login = this.login.logIn(connection, channel);
    this.settle(
      connection,
      login.then((isIn) => (isIn ? this.entry.start(incoming) : channel.open())),
    );
  }

  private settle(connection: ServedConnection, pending: void | Promise<void>): void {
    pending?.catch((error: unknown) => this.giveUp(connection, error));
  }

  /** 101 may have been sent already, so the only option is to end this connection. */
  private giveUp(connection: ServedConnection, error: unknown): void {
    this.faults.report('A connection could not be set up', error);
    connection.terminate();
  }
}
