import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { Logger } from '@nestjs/common';
import { UpgradeRequest } from '../connection/upgrade-request.js';
import { HandshakeRefusal } from '../errors/handshake.refusal.js';
import type { Endpoint } from './endpoint.interface.js';
import { Endpoints } from './endpoints.js';
import { Handshake } from './handshake.js';
import type { HandshakePipeline } from './handshake.pipeline.js';
import { refuse } from './refusal-response.js';

/**
 * Listens to the upgrades of one HTTP server and brings each to its decision. Nothing a client sent after its
 * request is read before that.
 */
export class UpgradeListener {
  private readonly logger = new Logger('WsSecurity');
  private readonly endpoints = new Endpoints();

  constructor(
    private readonly server: Server,
    private readonly pipeline: HandshakePipeline,
  ) {
    server.on('upgrade', this.onUpgrade);
  }

  add(endpoint: Endpoint): void {
    this.endpoints.add(endpoint);
  }

  detach(): void {
    this.server.off('upgrade', this.onUpgrade);
  }

  private readonly onUpgrade = (raw: IncomingMessage, socket: Duplex, head: Buffer): void => {
    const handshake = new Handshake(new UpgradeRequest(raw));
    handshake.endpoint = this.endpoints.at(handshake.request.path);
    // A path that is not ours may belong to another listener on the same server.
    if (!handshake.endpoint && this.server.listenerCount('upgrade') > 1) return;
    socket.on('error', () => socket.destroy());
    void this.decide(handshake, socket, head);
  };

  private async decide(handshake: Handshake, socket: Duplex, head: Buffer): Promise<void> {
    try {
      await this.pipeline.decide(handshake);
    } catch (error) {
      refuse(socket, this.refusalOf(error));
      return;
    }
    this.accept(handshake, socket, head);
  }

  private accept(handshake: Handshake, socket: Duplex, head: Buffer): void {
    try {
      if (!socket.destroyed) handshake.endpoint?.accept(handshake, socket, head);
    } catch (error) {
      // 101 may be on its way already: there is no answer to give any more.
      this.logger.error(
        'A connection could not be set up',
        error instanceof Error ? error.stack : String(error),
      );
      socket.destroy();
    }
  }

  private refusalOf(error: unknown): HandshakeRefusal {
    if (error instanceof HandshakeRefusal) return error;
    this.logger.error('A handshake failed', error instanceof Error ? error.stack : String(error));
    return new HandshakeRefusal('OVERLOADED', { 'Retry-After': '5' }, { cause: error });
  }
}
