import { type INestMicroservice, Module, type ModuleMetadata } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { type CustomTransportStrategy, type MicroserviceOptions, Server } from '@nestjs/microservices';
import { Test } from '@nestjs/testing';
import {
  ConnectionRegistry,
  SecureGateway,
  SecurityEvents,
  type SecurityEvent,
  WsSecurityModule,
} from 'nestjs-ws-security';
import { EchoGateway } from '../support/echo.gateway.js';
import { ownPort } from '../support/own-port.js';
import { startApp } from '../support/start-app.js';
import { TestClient } from '../support/test-client.js';
import { mintToken, SECRET } from '../support/tokens.js';

const metadata = (gateways: NonNullable<ModuleMetadata['providers']>): ModuleMetadata => ({
  imports: [WsSecurityModule.forRoot({ jwtSecret: SECRET, logSecurityEvents: false })],
  providers: gateways,
});

/** A custom microservice transport. */
class NoTransport extends Server implements CustomTransportStrategy {
  listen(callback: () => void): void {
    callback();
  }

  close(): void {
    // No port was opened.
  }

  on(): void {
    // Not needed here.
  }

  unwrap(): never {
    throw new Error('There is nothing behind it.');
  }
}

async function startAsMicroservice(
  gateways: NonNullable<ModuleMetadata['providers']>,
): Promise<INestMicroservice> {
  @Module(metadata(gateways))
  class AppModule {}
  const options = { strategy: new NoTransport(), logger: false, abortOnError: false } as const;
  const service = await NestFactory.createMicroservice<MicroserviceOptions>(AppModule, options);
  await service.listen();
  return service;
}

describe('an application without HTTP', () => {
  it('C5 fails to start and names all gateways that need their own port', async () => {
    @SecureGateway({ path: '/other' })
    class OtherGateway {}

    @SecureGateway({ path: '/own', port: await ownPort() })
    class OwnPort {}
    await expect(startAsMicroservice([EchoGateway, OwnPort, OtherGateway])).rejects.toMatchObject({
      problems: [
        {
          name: 'EchoGateway',
          message:
            'has no port, and this application has no HTTP server whose port it could share; give it a port: ' +
            '@SecureGateway({ path: "/ws", port: … })',
        },
        { name: 'OtherGateway' },
      ],
    });
  });

  it('C5 serves gateways with their own port', async () => {
    const port = await ownPort();

    @SecureGateway({ path: '/own', port })
    class OwnPort extends EchoGateway {}
    const service = await startAsMicroservice([OwnPort]);
    const client = await TestClient.connect(`ws://127.0.0.1:${port}/own`, { token: await mintToken() });
    expect(await client.request('echo', { text: 'hi' })).toMatchObject({ data: { text: 'hi' } });
    expect(service.get(ConnectionRegistry).size).toBe(1);
    await client.close();
    await service.close();
  });

  it('C5 serves gateways on the HTTP server’s port in a hybrid application', async () => {
    const running = await startApp({
      gateways: [EchoGateway],
      beforeInit: (app) =>
        void app.connectMicroservice<MicroserviceOptions>(
          { strategy: new NoTransport() },
          { inheritAppConfig: true },
        ),
    });
    await running.app.startAllMicroservices();
    const client = await TestClient.connect(`${running.url}/ws`, { token: await mintToken() });
    expect(await client.request('echo', { text: 'hi' })).toMatchObject({ data: { text: 'hi' } });
    await client.close();
    await running.close();
  });

  it('C5 starts as a command context with gateways, which it does not serve', async () => {
    @Module(metadata([EchoGateway]))
    class AppModule {}
    const context = await NestFactory.createApplicationContext(AppModule, {
      abortOnError: false,
      logger: false,
    });
    expect(context.get(ConnectionRegistry).size).toBe(0);
    await context.close();
  });
});

describe('node.draining', () => {
  const recorded = (events: SecurityEvents): SecurityEvent[] => {
    const seen: SecurityEvent[] = [];
    events.events.subscribe((event) => seen.push(event));
    return seen;
  };

  it('L1 is not reported by an application that never listened', async () => {
    const module = await Test.createTestingModule(metadata([EchoGateway])).compile();
    const app = module.createNestApplication({ logger: false });
    await app.init();
    const seen = recorded(app.get(SecurityEvents));
    await app.close();
    expect(seen).toEqual([]);
  });

  it('L1 is reported by an application that listened, even without clients, on its own or a gateway’s port', async () => {
    const shared = await startApp({ gateways: [EchoGateway] });
    const ofShared = recorded(shared.app.get(SecurityEvents));
    await shared.close();
    expect(ofShared).toMatchObject([
      { type: 'node.draining', connections: 0 },
      { type: 'node.stopped', answered: 0, cut: 0 },
    ]);

    @SecureGateway({ path: '/own', port: await ownPort() })
    class OwnPort {}
    const module = await Test.createTestingModule(metadata([OwnPort])).compile();
    const app = await module.createNestApplication({ logger: false }).init();
    const ofOwn = recorded(app.get(SecurityEvents));
    await app.close();
    expect(ofOwn).toMatchObject([
      { type: 'node.draining', connections: 0 },
      { type: 'node.stopped', answered: 0, cut: 0 },
    ]);
  });
});
