import { Injectable } from '@nestjs/common';
import type { WebSocket } from 'ws';
import { closeRevoked, RevocationService } from '../auth/revocation.service.js';
import { ExpiryService } from '../connection/expiry.service.js';
import { type ResumeOffer, ResumeService } from '../connection/resume/resume.service.js';
import type { ServedConnection } from '../connection/served-connection.js';
import type { MessageChannel } from '../messages/message-channel.js';
import type { ResolvedOptions } from '../options/options.schema.js';
import { InjectSecurityOptions } from '../options/options.token.js';
import type { SessionBody } from '../protocol/envelope.js';
import { ReservedEvent } from '../protocol/reserved-event.js';
import { BanService, closeBanned } from '../throttling/bans/ban.service.js';
import { GatewayHooks } from './gateway-hooks.js';

/** An accepted connection that has not reached its gateway yet. */
export interface NewConnection {
  readonly client: WebSocket;
  readonly connection: ServedConnection;
  readonly channel: MessageChannel;
  /** Passes the connection to Nest, which runs the connect hooks and binds the handlers. */
  readonly announce: () => void;
  /** The session that the client wants to resume. */
  readonly offer: ResumeOffer | undefined;
}

/** Starts a connection: resumes its session, runs the connect hooks, and then lets its messages through. */
@Injectable()
export class ConnectionEntry {
  constructor(
    @InjectSecurityOptions() private readonly options: ResolvedOptions,
    private readonly hooks: GatewayHooks,
    private readonly revocations: RevocationService,
    private readonly bans: BanService,
    private readonly resumes: ResumeService,
    private readonly expiry: ExpiryService,
  ) {}

  /** Synchronous if there is nothing to wait for. */
  start(incoming: NewConnection): void | Promise<void> {
    const { connection, channel, offer } = incoming;
    if (!this.resumes.isFor(connection)) {
      this.greet(connection, null);
      connection.ready();
      return this.enter(incoming);
    }
    channel.pause();
    return this.resumes
      .begin(connection, offer, this.revocations, (resume) => {
        // A resumed connection expires with its session.
        if (resume?.recovered === true) this.expiry.watch(connection);
        this.greet(connection, resume);
      })
      .then(() => this.enter(incoming));
  }

  private enter({ client, connection, channel, announce }: NewConnection): void | Promise<void> {
    // The principal may have been revoked or banned after verification, and the address since the handshake began.
    const { principal, address } = connection;
    if (this.revocations.isRevokedHere(principal)) closeRevoked(connection);
    else if (this.bans.isBannedHere(principal, address) || this.bans.isAddressBannedHere(address))
      closeBanned(connection);
    if (connection.isOpen) announce();
    const hooks = this.hooks.connected(client);
    // If the connection is closing, no message is dispatched, but the answer to the closing handshake must be read.
    if (!hooks) return channel.open();
    channel.pause();
    return hooks.then(() => channel.open());
  }

  private greet(connection: ServedConnection, resume: SessionBody['resume']): void {
    if (connection.speaksProtocol)
      connection.announce(ReservedEvent.SESSION, this.sessionOf(connection, resume));
  }

  private sessionOf({ id, principal }: ServedConnection, resume: SessionBody['resume']): SessionBody {
    return {
      connectionId: id,
      principal: { id: principal.id, roles: principal.roles },
      expiresAt: principal.expiresAt,
      heartbeatMs: this.options.heartbeatIntervalMs,
      resume,
    };
  }
}
