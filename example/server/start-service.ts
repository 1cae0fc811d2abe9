import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ShutdownSignal } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { ClientLocator, tlsOptionsFromEnv } from 'nestjs-ws-security';
import { AppModule } from './app.module.js';
import { HTTP_DEADLINES, limitWaiting } from './http/http-deadlines.js';
import { securityHeaders } from './http/security-headers.js';
import { serviceConfig } from './service-config.js';
import { developmentCertificate } from './tls/development-certificate.js';

/** The configured certificate, or one for a first look. */
async function certificate(): Promise<{ cert: string; key: string }> {
  return process.env['WS_TLS_CERT_FILE'] ? tlsOptionsFromEnv() : developmentCertificate();
}

/**
 * Starts the reference service, and says where.
 *
 * @throws WsConfigurationError
 */
export async function startService(deadlines = HTTP_DEADLINES): Promise<void> {
  const { host, port, plainHttp } = serviceConfig();
  const httpsOptions = plainHttp ? undefined : await certificate();
  const app = await NestFactory.create<NestExpressApplication>(AppModule, {
    // What stops the start is printed once, by whoever called, and not by Nest as well.
    abortOnError: false,
    bufferLogs: true,
    autoFlushLogs: false,
    logger: ['error', 'warn', 'fatal'],
    // After the drain; browsers hold connections ready on which they never send a request.
    forceCloseConnections: true,
    ...(httpsOptions && { httpsOptions }),
  });
  app.flushLogs();
  app.disable('x-powered-by');
  const server: Server = app.getHttpServer();
  limitWaiting(server, deadlines);
  // Before Express, which answers some requests without asking anybody.
  server.prependListener('request', securityHeaders(app.get(ClientLocator)));
  // A drained service has done what it was asked: it exits with 0, not by the signal.
  app.enableShutdownHooks([ShutdownSignal.SIGTERM, ShutdownSignal.SIGINT], { useProcessExit: true });
  await app.listen(port, host);
  // With PORT=0 the system chose one.
  const address = server.address() as AddressInfo;
  const name = host === '127.0.0.1' ? 'localhost' : host;
  console.log(`Listening on ${plainHttp ? 'http' : 'https'}://${name}:${address.port}`);
}
