import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { Server as TlsServer } from 'node:tls';
import { Injectable, type OnApplicationBootstrap, type WsMessageHandler } from '@nestjs/common';
import { ApplicationConfig, HttpAdapterHost } from '@nestjs/core';
import { AbstractWsAdapter } from '@nestjs/websockets';
import type { WebSocket, WebSocketServer } from 'ws';
import { type ConfigurationProblem, WsConfigurationError } from '../errors/configuration.error.js';
import { Clock } from '../time/clock.js';
import { DrainService } from '../connection/drain.service.js';
import { TimerWheel } from '../time/timer-wheel.js';
import { HandshakeService } from '../handshake/handshake.service.js';
import { refuseUnverified } from '../handshake/tls/client-certificate.js';
import { tlsOptionsOf } from '../handshake/tls/tls-options.js';
import { TlsReloader } from '../handshake/tls/tls-reloader.js';
import { UpgradeListener } from '../handshake/server/upgrade.listener.js';
import { OrderedSocket } from '../messages/ordered-socket.js';
import { frameChannelOf, type Transform } from '../messages/frame-channel.js';
import { MountedParts } from '../options/mounted-parts.js';
import type { ResolvedOptions } from '../options/options.schema.js';
import { InjectSecurityOptions } from '../options/options.token.js';
import { AdapterPlaceholder } from './adapter.placeholder.js';
import { ConnectionSetup } from './connection.setup.js';
import type { DiscoveredGateway } from './gateway-explorer.js';
import { GatewayEndpoint } from './gateway.endpoint.js';
import { plaintextProblems } from './audit/plaintext.js';
import { portProblems } from './audit/missing-ports.js';
import { SecuredGateways } from './secured-gateways.js';
import { UnsecuredGateways } from './unsecured/unsecured-gateways.js';

/**
 * The WebSocket adapter of the application. Registers itself when the module is built, so that `main.ts` needs no code
 * for it, and stops the start if another adapter has replaced it.
 */
@Injectable()
export class WsSecurityAdapter extends AbstractWsAdapter implements OnApplicationBootstrap {
  private readonly listeners = new Map<number, UpgradeListener>();
  private readonly ownServers = new Map<number, Server>();
  private readonly detachers: (() => void)[] = [];

  constructor(
    private readonly config: ApplicationConfig,
    private readonly host: HttpAdapterHost,
    @InjectSecurityOptions() private readonly options: ResolvedOptions,
    private readonly handshakes: HandshakeService,
    private readonly wheel: TimerWheel,
    private readonly clock: Clock,
    private readonly setup: ConnectionSetup,
    private readonly gateways: SecuredGateways,
    private readonly unsecured: UnsecuredGateways,
    private readonly tls: TlsReloader,
    private readonly drain: DrainService,
    private readonly parts: MountedParts,
    placeholder: AdapterPlaceholder,
  ) {
    super();
    placeholder.replaceBy(this);
  }

  async onApplicationBootstrap(): Promise<void> {
    const adapter = this.config.getIoAdapter();
    if (adapter !== this) {
      throw replacedBy(adapter);
    }
    // Nest gets the adapter for each connection.
    this.config.setIoAdapter = (late) => {
      throw replacedBy(late);
    };
    this.gateways.verify();
    await this.gateways.prepare();
    await Promise.all([...this.ownServers].map(([port, server]) => listen(server, port)));
  }

  override create(port: number, { path }: { path?: string } = {}): WebSocketServer {
    this.gateways.verify((gateways) => this.serverProblems(gateways));
    const endpoint = this.unsecured.endpointOf(port, path) ?? this.securedEndpoint(port, path ?? '/');
    const listener = this.listenerOf(port);
    if (endpoint.isForAnyPath) listener.addForAnyPath(endpoint);
    else listener.add(endpoint);
    return endpoint.server;
  }

  override bindMessageHandlers(client: WebSocket, handlers: WsMessageHandler[], transform: Transform): void {
    frameChannelOf(client).bind(handlers, transform);
  }

  override bindClientDisconnect(client: WebSocket, callback: (code: number) => void): void {
    client.on('close', callback);
  }

  override async close(server: WebSocketServer): Promise<void> {
    for (const client of server.clients) client.terminate();
    await super.close(server);
  }

  override async dispose(): Promise<void> {
    for (const listener of this.listeners.values()) listener.detach();
    for (const detach of this.detachers.splice(0)) detach();
    const servers = [...this.ownServers.values()].filter((server) => server.listening);
    await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  }

  private securedEndpoint(port: number, path: string): GatewayEndpoint {
    const policy = this.gateways.policyOf(port, path);
    const open: GatewayEndpoint['open'] = (client, stream, ...rest) =>
      this.setup.open(client, stream, policy.targets, ...rest);
    return new GatewayEndpoint({ path, policy }, this.options, open, { WebSocket: OrderedSocket });
  }

  private listenerOf(port: number): UpgradeListener {
    let listener = this.listeners.get(port);
    if (!listener) {
      const server = port === 0 ? (this.host.httpAdapter.getHttpServer() as Server) : this.ownServer(port);
      if (server instanceof TlsServer) this.secure(server);
      if (server.listening) this.drain.serving();
      else server.once('listening', () => this.drain.serving());
      listener = new UpgradeListener(server, this.handshakes, this.wheel, this.clock);
      this.listeners.set(port, listener);
    }
    return listener;
  }

  private serverProblems(gateways: readonly DiscoveredGateway[]): ConfigurationProblem[] {
    const server = this.host.httpAdapter?.getHttpServer() as Server | undefined;
    const isSecure = !server || server instanceof TlsServer;
    return [
      ...(server ? [] : portProblems(gateways)),
      ...plaintextProblems(gateways, this.options, isSecure),
    ];
  }

  private secure(server: TlsServer): void {
    this.tls.watch(server);
    this.parts.add('TLS');
    this.detachers.push(refuseUnverified(server));
  }

  private ownServer(port: number): Server {
    const answer = (_request: IncomingMessage, response: ServerResponse): void => {
      response.writeHead(426, { Upgrade: 'websocket', Connection: 'close', 'Content-Length': '0' }).end();
    };
    const hasCertificate = this.options.tlsCertFile !== undefined;
    const server = hasCertificate
      ? createHttpsServer(tlsOptionsOf(this.options), answer)
      : createServer(answer);
    this.ownServers.set(port, server);
    return server;
  }
}

function replacedBy(adapter: object): WsConfigurationError {
  const message =
    `was replaced by another WebSocket adapter (${adapter.constructor.name}), so no gateway is protected; ` +
    'remove useWebSocketAdapter(...) and import WsSecurityModule only once';
  return new WsConfigurationError([{ name: 'WsSecurityModule', message }]);
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, () => {
      server.off('error', reject);
      resolve();
    });
  });
}
