import type { Duplex } from 'node:stream';
import { Injectable } from '@nestjs/common';
import type { WebSocket } from 'ws';
import { ConnectionLifecycleService } from '../../connection/connection-lifecycle.service.js';
import { clientDetailsOf } from '../../handshake/client/client-details.js';
import type { Handshake } from '../../handshake/handshake.js';
import { ChannelServices } from '../../messages/channel-services.js';
import { PlainChannel } from '../../messages/plain/plain-channel.js';
import { BanService, closeBanned } from '../../throttling/bans/ban.service.js';
import { ConnectionFactory } from '../connection.factory.js';

/**
 * Creates the connection of an accepted socket whose gateways are unsecured. It is registered and watched like every
 * other one. As with Nest's own adapter, messages do not wait for connect hooks.
 */
@Injectable()
export class UnsecuredSetup {
  constructor(
    private readonly connections: ConnectionFactory,
    private readonly channels: ChannelServices,
    private readonly lifecycle: ConnectionLifecycleService,
    private readonly bans: BanService,
  ) {}

  /** @param announce passes the connection to Nest, which runs the connect hooks and binds the handlers */
  open(client: WebSocket, stream: Duplex, handshake: Handshake, id: string, announce: () => void): void {
    const connection = this.connections.create(client, stream, handshake, id);
    void new PlainChannel(client, stream, connection, this.channels);
    connection.takeOver(handshake.takeHeld());
    this.lifecycle.accepted(connection, clientDetailsOf(handshake.request));
    connection.ready();
    // The address may have been banned while a connect guard decided.
    if (this.bans.isBannedHere(connection.principal, connection.address)) closeBanned(connection);
    if (connection.isOpen) announce();
  }
}
