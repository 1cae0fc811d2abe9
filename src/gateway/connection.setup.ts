import { Injectable, Logger } from '@nestjs/common';
import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import { closeRevoked, RevocationService } from '../auth/revocation.service.js';
import { Clock } from '../time/clock.js';
import { Connection } from '../connection/connection.js';
import { ConnectionLifecycleService } from '../connection/connection-lifecycle.service.js';
import { bindConnection, connectionOf } from '../connection/connection-of.js';
import { ExpiryService } from '../connection/expiry.service.js';
import { Faults } from '../faults/faults.js';
import { TimerWheel } from '../time/timer-wheel.js';
import { type ResumeOffer, ResumeService } from '../connection/resume/resume.service.js';
import { resumeOfferOf } from '../handshake/subprotocol.js';
import type { Handshake } from '../handshake/handshake.js';
import type { EventTarget } from '../messages/event-target.interface.js';
import { type ChannelServices, MessageChannel } from '../messages/message-channel.js';
import { MessageDispatcher } from '../messages/message.dispatcher.js';
import { OutboundSocket } from '../messages/outbound.socket.js';
import { Violations } from '../messages/violations.service.js';
import type { ResolvedOptions } from '../options/options.schema.js';
import { InjectSecurityOptions } from '../options/options.token.js';
import type { SessionBody } from '../protocol/envelope.js';
import { CloseCode } from '../protocol/close-code.enum.js';
import { ReservedEvent } from '../protocol/reserved-event.js';
import { BanService, closeBanned } from '../throttling/bans/ban.service.js';
import { GatewayHooks } from './gateway-hooks.js';
import { InBandAuth } from '../login/in-band-auth.js';
import { FirstMessageLogin } from '../login/first-message-login.js';
import { violationCodeOf } from './violation-code.js';

const logger = new Logger('WsSecurity');

/** Makes an accepted socket a connection: registered, watched, and deaf until the connect hooks are done. */
@Injectable()
export class ConnectionSetup implements ChannelServices {
  constructor(
    @InjectSecurityOptions() readonly options: ResolvedOptions,
    readonly clock: Clock,
    private readonly wheel: TimerWheel,
    private readonly lifecycle: ConnectionLifecycleService,
    readonly dispatcher: MessageDispatcher,
    readonly violations: Violations,
    private readonly hooks: GatewayHooks,
    private readonly revocations: RevocationService,
    private readonly bans: BanService,
    private readonly resumes: ResumeService,
    private readonly expiry: ExpiryService,
    private readonly login: FirstMessageLogin,
    private readonly auth: InBandAuth,
    private readonly faults: Faults,
  ) {}

  /** @param announce tells Nest, which runs the connect hooks and binds the handlers */
  open(
    client: WebSocket,
    stream: Duplex,
    targets: ReadonlyMap<string, EventTarget>,
    handshake: Handshake,
    id: string,
    announce: () => void,
  ): void {
    const connection = this.connectionOn(client, stream, handshake, id);
    const channel = new MessageChannel(client, stream, targets, connection, this);
    const releases = [handshake.takeHeld()];
    this.watch(client, connection, releases);
    this.lifecycle.accepted(connection);
    if (connection.principal.id !== null) this.auth.remember(connection, handshake);
    else if (this.options.authSources.includes('message')) {
      this.auth.expect(connection, handshake, (release) => void releases.push(release));
    }
    const offer = this.options.resume ? resumeOfferOf(handshake.request) : undefined;
    const start = (): void | Promise<void> => this.start(client, connection, channel, announce, offer);
    if (!handshake.awaitsLogin) {
      this.settle(connection, start());
      return;
    }
    channel.pause();
    const login = this.login.logIn(connection, channel);
    this.settle(
      connection,
      login.then((isIn) => (isIn ? start() : channel.open())),
    );
  }

  private connectionOn(client: WebSocket, stream: Duplex, handshake: Handshake, id: string): Connection {
    const socket = new OutboundSocket(client, stream, this.options, this.wheel, closeSlow);
    const { principal, address, request, proof } = handshake;
    const openedAt = this.clock.now();
    const connection = new Connection({
      id,
      socket,
      principal,
      address,
      path: request.path,
      openedAt,
      proof,
    });
    bindConnection(client, connection);
    return connection;
  }

  /** Apart from the rest, so that what listens as long as the connection lives keeps no handshake, and no token, alive. */
  private watch(client: WebSocket, connection: Connection, releases: readonly (() => void)[]): void {
    client.on('error', onViolation);
    client.on('close', (code) => {
      for (const release of releases) release();
      this.lifecycle.closed(connection, code);
    });
  }

  /** Takes effect at once when there is nothing to wait for: then it need not be made to wait either. */
  private start(
    client: WebSocket,
    connection: Connection,
    channel: MessageChannel,
    announce: () => void,
    offer: ResumeOffer | undefined,
  ): void | Promise<void> {
    if (!this.resumes.isFor(connection)) {
      this.greet(connection, null);
      connection.ready();
      return this.enter(client, connection, channel, announce);
    }
    channel.pause();
    return this.resumes
      .begin(connection, offer, this.revocations, (resume) => {
        // It is as old as its session.
        if (resume?.recovered === true) this.expiry.watch(connection);
        this.greet(connection, resume);
      })
      .then(() => this.enter(client, connection, channel, announce));
  }

  private enter(
    client: WebSocket,
    connection: Connection,
    channel: MessageChannel,
    announce: () => void,
  ): void | Promise<void> {
    // It may have been revoked, or banned, after it was verified.
    const { principal, address } = connection;
    if (this.revocations.isRevokedHere(principal)) closeRevoked(connection);
    else if (this.bans.isBannedHere(principal, address)) closeBanned(connection);
    if (connection.isOpen) announce();
    const hooks = this.hooks.connected(client);
    // If it is being closed nothing is dispatched, but the answer to the closing handshake has to be read.
    if (!hooks) return channel.open();
    channel.pause();
    return hooks.then(() => channel.open());
  }

  private settle(connection: Connection, pending: void | Promise<void>): void {
    pending?.catch((error: unknown) => this.giveUp(connection, error));
  }

  /** 101 is on its way already: there is no answer to give any more, and nobody else may suffer. */
  private giveUp(connection: Connection, error: unknown): void {
    this.faults.report('A connection could not be set up', error);
    connection.terminate();
  }

  private greet(connection: Connection, resume: SessionBody['resume']): void {
    if (connection.speaksProtocol)
      connection.announce(ReservedEvent.SESSION, this.sessionOf(connection, resume));
  }

  private sessionOf({ id, principal }: Connection, resume: SessionBody['resume']): SessionBody {
    return {
      connectionId: id,
      principal: { id: principal.id, roles: principal.roles },
      expiresAt: principal.expiresAt,
      heartbeatMs: this.options.heartbeatIntervalMs,
      resume,
    };
  }
}

/**
 * ws has already sent the close code, reads no answer to it and calls that 1006. Without a listener the error would end
 * the process.
 */
function onViolation(this: WebSocket, error: Error): void {
  connectionOf(this).closedWith ??= violationCodeOf(error);
  logger.debug(`A client broke the WebSocket protocol: ${error.message}`);
}

function closeSlow(client: WebSocket): void {
  connectionOf(client).close(CloseCode.TRY_AGAIN_LATER, 'too slow');
}
