import { Module, type ModuleMetadata } from '@nestjs/common';
import { ApplicationConfig, type NestContainer, NestFactory } from '@nestjs/core';
import { NoopGraphInspector } from '@nestjs/core/internal';
import { Test, type TestingModule } from '@nestjs/testing';
import { SocketModule } from '@nestjs/websockets/socket-module.js';
import {
  ConnectionRegistry,
  SecureGateway,
  SecurityEvents,
  type SecurityEvent,
  WsSecurityModule,
} from 'nestjs-ws-security';
import { EchoGateway } from './support/echo.gateway.js';
import { ownPort } from './support/own-port.js';
import { startApp } from './support/start-app.js';
import { TestClient } from './support/test-client.js';
import { mintToken, SECRET } from './support/tokens.js';

const metadata = (gateways: NonNullable<ModuleMetadata['providers']>): ModuleMetadata => ({
  imports: [WsSecurityModule.forRoot({ jwtSecret: SECRET, logSecurityEvents: false })],
  providers: gateways,
});

interface Microservice {
  module: TestingModule;
  close: () => Promise<void>;
}

/** What `NestMicroservice` does with gateways: it hands them no HTTP server. */
async function startAsMicroservice(
  gateways: NonNullable<ModuleMetadata['providers']>,
): Promise<Microservice> {
  const module = await Test.createTestingModule(metadata(gateways)).compile();
  const { container } = module as unknown as { container: NestContainer };
  const sockets = new SocketModule();
  await sockets.register(container, module.get(ApplicationConfig), NoopGraphInspector, {});
  await module.init();
  const close = async (): Promise<void> => {
    await module.close();
    await sockets.close();
  };
  return { module, close };
}

describe('an application without HTTP', () => {
  it('C5 names the gateways that need a port of their own, all of them', async () => {
    @SecureGateway({ path: '/other' })
    class OtherGateway {}

    @SecureGateway({ path: '/own', port: await ownPort() })
    class OwnPort {}
    await expect(startAsMicroservice([EchoGateway, OwnPort, OtherGateway])).rejects.toMatchObject({
      problems: [
        {
          name: 'EchoGateway',
          message:
            'shares the port of an HTTP server, and this application has none; give the gateway a port of its own: ' +
            '@SecureGateway({ path: "/ws", port: … })',
        },
        { name: 'OtherGateway' },
      ],
    });
  });

  it('C5 serves gateways with a port of their own', async () => {
    const port = await ownPort();

    @SecureGateway({ path: '/own', port })
    class OwnPort extends EchoGateway {}
    const { module, close } = await startAsMicroservice([OwnPort]);
    const client = await TestClient.connect(`ws://127.0.0.1:${port}/own`, { token: await mintToken() });
    expect(await client.request('echo', { text: 'hi' })).toMatchObject({ data: { text: 'hi' } });
    expect(module.get(ConnectionRegistry).size).toBe(1);
    await client.close();
    await close();
  });

  it('C5 but a context for commands starts with gateways, which it does not serve', async () => {
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

  it('L1 is not told by what never listened', async () => {
    const module = await Test.createTestingModule(metadata([EchoGateway])).compile();
    const app = module.createNestApplication({ logger: false });
    await app.init();
    const seen = recorded(app.get(SecurityEvents));
    await app.close();
    expect(seen).toEqual([]);
  });

  it('L1 is told by what listened, also when nobody came, on the port of the application or of its own', async () => {
    const shared = await startApp({ gateways: [EchoGateway] });
    const ofShared = recorded(shared.app.get(SecurityEvents));
    await shared.close();
    expect(ofShared).toEqual([{ type: 'node.draining', connections: 0 }]);

    @SecureGateway({ path: '/own', port: await ownPort() })
    class OwnPort {}
    const module = await Test.createTestingModule(metadata([OwnPort])).compile();
    const app = await module.createNestApplication({ logger: false }).init();
    const ofOwn = recorded(app.get(SecurityEvents));
    await app.close();
    expect(ofOwn).toEqual([{ type: 'node.draining', connections: 0 }]);
  });
});
