import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { TLSSocket } from 'node:tls';
import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { Counters } from '../counters/counters.js';
import { CredentialExtractor } from './credential-extractor.js';
import { Clock } from '../time/clock.js';
import { ConnectionLifecycleService } from '../connection/connection-lifecycle.service.js';
import { OTHER } from '../counters/tally.js';
import { Faults } from '../faults/faults.js';
import { releaseAll } from '../faults/release-all.js';
import { UpgradeRequest } from './upgrade-request.js';
import { HandshakeRefusal } from '../errors/handshake.refusal.js';
import { ReplayedTicketError } from '../errors/replayed-ticket.error.js';
import { SecurityEvents } from '../observability/security-events.js';
import { authFields, userFields } from '../observability/identity-fields.js';
import type { ResolvedOptions } from '../options/options.schema.js';
import { InjectSecurityOptions } from '../options/options.token.js';
import { clientDetailsOf } from './client/client-details.js';
import { ClientLocator } from './client/client-locator.js';
import { ClosingServer } from './closing-server.js';
import { type Endpoint, Handshake } from './handshake.js';
import { HandshakePipeline } from './handshake.pipeline.js';
import { detailsOf, refusalOf } from './refusal-of.js';
import { refuse } from './refusal-response.js';
import { CertificateProof } from './tls/certificate-proof.js';
import { principalOfCertificate } from './tls/client-certificate.js';

/**
 * Decides about an upgrade. Passes it to the gateways on its path, or refuses it and releases everything that it holds.
 */
@Injectable()
export class HandshakeService implements OnApplicationShutdown {
  private readonly closing: ClosingServer | undefined;

  constructor(
    @InjectSecurityOptions() options: ResolvedOptions,
    private readonly pipeline: HandshakePipeline,
    private readonly events: SecurityEvents,
    private readonly lifecycle: ConnectionLifecycleService,
    private readonly clock: Clock,
    private readonly extractor: CredentialExtractor,
    private readonly clients: ClientLocator,
    private readonly faults: Faults,
    private readonly counters: Counters,
  ) {
    this.closing = options.rejectWith === 'close' ? new ClosingServer(options, clock) : undefined;
  }

  onApplicationShutdown(): void {
    this.closing?.close();
  }

  /** Does not read anything after the request before the decision. */
  handle(
    raw: IncomingMessage,
    endpoint: Endpoint | undefined,
    socket: Duplex,
    head: Buffer,
  ): void | Promise<void> {
    const startedAt = this.clock.monotonic();
    const request = new UpgradeRequest(raw);
    const handshake = new Handshake(request, endpoint, this.clients.of(request), this.extractor);
    if (raw.socket instanceof TLSSocket && raw.socket.authorized) {
      handshake.certificate = principalOfCertificate(raw.socket, this.clock.now());
      handshake.proof = new CertificateProof(raw.socket, this.clock);
    }
    let pending: void | Promise<void>;
    try {
      pending = this.pipeline.decide(handshake);
    } catch (error) {
      this.refuse(handshake, error, socket, head, startedAt);
      return undefined;
    }
    if (!pending) return this.accept(handshake, socket, head, startedAt);
    return pending.then(
      () => this.accept(handshake, socket, head, startedAt),
      (error: unknown) => this.refuse(handshake, error, socket, head, startedAt),
    );
  }

  /** Reports a handshake that failed because of an error of the server. */
  report(error: unknown): void {
    this.undecided();
    this.faults.report('A handshake failed', error);
  }

  /** Counts an upgrade that was neither accepted nor refused with a code. */
  undecided(endpoint?: Endpoint): void {
    this.counters.path(endpoint?.path).handshakes.add(OTHER);
  }

  private accept(handshake: Handshake, socket: Duplex, head: Buffer, startedAt: number): void {
    const { endpoint } = handshake;
    try {
      // The client may have disconnected in the meantime.
      if (socket.destroyed) this.undecided(endpoint);
      else {
        endpoint?.accept(handshake, socket, head);
        this.counters.path(endpoint?.path).handshakes.add('accepted');
        this.counters.accepted.observe(this.clock.monotonic() - startedAt);
      }
    } catch (error) {
      if (error instanceof HandshakeRefusal) {
        this.refuse(handshake, error, socket, head, startedAt);
        return;
      }
      this.undecided(endpoint);
      // 101 may have been sent already, so no other answer is possible.
      this.faults.report('A connection could not be set up', error);
      socket.destroy();
    }
    // Releases everything that the connection has not taken over.
    releaseAll(handshake.takeHeld(), this.faults);
  }

  private refuse(
    handshake: Handshake,
    error: unknown,
    socket: Duplex,
    head: Buffer,
    startedAt: number,
  ): void {
    releaseAll(handshake.takeHeld(), this.faults);
    const refusal = refusalOf(error);
    const { request, address, principal, auth } = handshake;
    const { code, status } = refusal;
    this.counters.path(handshake.endpoint?.path).handshakes.add(code);
    this.counters.refused.observe(this.clock.monotonic() - startedAt);
    const { origin, userAgent, traceId } = clientDetailsOf(request);
    this.events.emit({
      type: 'handshake.refused',
      code,
      status,
      'client.address': address,
      'url.path': request.path,
      ...userFields(principal),
      ...authFields(auth),
      origin,
      user_agent: userAgent,
      trace_id: traceId,
      ...detailsOf(refusal),
    });
    if (refusal.cause instanceof ReplayedTicketError) {
      const place = { 'client.address': address, 'url.path': request.path };
      this.events.emit({
        type: 'ticket.replayed',
        ...place,
        origin,
        user_agent: userAgent,
        trace_id: traceId,
      });
    }
    this.lifecycle.refused(code, address, request.path);
    if (!this.closing?.refuse(handshake, refusal, socket, head)) refuse(socket, refusal);
  }
}
