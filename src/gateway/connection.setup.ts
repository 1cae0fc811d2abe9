import { Injectable, Logger } from '@nestjs/common';
import type { WebSocket } from 'ws';
import { closeRevoked, RevocationService } from '../auth/revocation.service.js';
import { Clock } from '../connection/clock.js';
import { Connection } from '../connection/connection.js';
import { ConnectionLifecycleService } from '../connection/connection-lifecycle.service.js';
import { bindConnection } from '../connection/connection-of.js';
import type { Handshake } from '../handshake/handshake.js';
import { MessageChannel } from '../messages/message-channel.js';
import { MessageDispatcher } from '../messages/message.dispatcher.js';
import type { ResolvedOptions } from '../options/options.schema.js';
import { InjectSecurityOptions } from '../options/options.token.js';
import type { CloseCode } from '../protocol/close-code.enum.js';
import type { SessionBody } from '../protocol/envelope.js';
import { ReservedEvent } from '../protocol/reserved-event.js';
import { GatewayHooks } from './gateway-hooks.js';
import { InBandAuth } from './in-band-auth.js';
import { Login } from './login.js';
import { violationCodeOf } from './violation-code.js';

/** Makes an accepted socket a connection: registered, watched, and deaf until the connect hooks are done. */
@Injectable()
export class ConnectionSetup {
  private readonly logger = new Logger('WsSecurity');
  private readonly channels = new WeakMap<object, MessageChannel>();

  constructor(
    @InjectSecurityOptions() private readonly options: ResolvedOptions,
    private readonly clock: Clock,
    private readonly lifecycle: ConnectionLifecycleService,
    private readonly dispatcher: MessageDispatcher,
    private readonly hooks: GatewayHooks,
    private readonly revocations: RevocationService,
    private readonly login: Login,
    private readonly auth: InBandAuth,
  ) {}

  /** @param announce tells Nest, which runs the connect hooks and binds the handlers */
  open(client: WebSocket, handshake: Handshake, id: string, announce: () => void): void {
    const connection = new Connection({
      id,
      socket: client,
      principal: handshake.principal,
      address: handshake.address,
      path: handshake.request.path,
      openedAt: this.clock.now(),
    });
    bindConnection(client, connection);
    const channel = new MessageChannel(client, connection, this.dispatcher, this.clock);
    this.channels.set(client, channel);
    let violation: CloseCode | undefined;
    // ws has already sent the close code; without a listener the error would end the process.
    client.on('error', (error) => {
      violation = violationCodeOf(error);
      this.logger.debug(`A client broke the WebSocket protocol: ${error.message}`);
    });
    const releases = [handshake.takeHeld()];
    client.on('close', (code) => {
      for (const release of releases) release();
      // ws reads no answer to a close frame it sent for an error, and calls that 1006.
      this.lifecycle.closed(connection, violation ?? code);
    });
    this.lifecycle.opened(connection);
    if (connection.principal.id === null && this.options.authSources.includes('message')) {
      this.auth.expect(connection, handshake, (release) => void releases.push(release));
    }
    const start = (): void => this.start(client, connection, channel, announce);
    if (!handshake.awaitsLogin) start();
    else void this.login.of(connection, channel).then((isIn) => (isIn ? start() : channel.open()));
  }

  channelOf(client: object): MessageChannel | undefined {
    return this.channels.get(client);
  }

  private start(
    client: WebSocket,
    connection: Connection,
    channel: MessageChannel,
    announce: () => void,
  ): void {
    if (connection.speaksProtocol) connection.announce(ReservedEvent.SESSION, this.sessionOf(connection));
    // It may have been revoked after it was verified.
    if (this.revocations.isRevokedHere(connection.principal)) {
      closeRevoked(connection);
      // Nothing is dispatched any more, but the answer to the closing handshake has to be read.
      channel.open();
      return;
    }
    announce();
    void this.hooks.connected(client).then(() => channel.open());
  }

  private sessionOf({ id, principal }: Connection): SessionBody {
    return {
      connectionId: id,
      principal: { id: principal.id, roles: principal.roles },
      expiresAt: principal.expiresAt,
      heartbeatMs: this.options.heartbeatIntervalMs,
      resume: null,
    };
  }
}
