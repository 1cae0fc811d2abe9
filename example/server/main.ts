import 'reflect-metadata';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ShutdownSignal } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { tlsOptionsFromEnv, WsConfigurationError } from 'nestjs-ws-security';
import { AppModule } from './app.module.js';
import { serviceConfig } from './service-config.js';
import { developmentCertificate } from './tls/development-certificate.js';

/** The configured certificate, or one for a first look. */
async function certificate(): Promise<{ cert: string; key: string }> {
  return process.env['WS_TLS_CERT_FILE'] ? tlsOptionsFromEnv() : developmentCertificate();
}

async function bootstrap(): Promise<void> {
  const { host, port, plainHttp } = serviceConfig();
  const httpsOptions = plainHttp ? undefined : await certificate();
  const app = await NestFactory.create(AppModule, {
    // What stops the start is printed once, below, and not by Nest as well.
    abortOnError: false,
    bufferLogs: true,
    autoFlushLogs: false,
    logger: ['error', 'warn', 'fatal'],
    // After the drain; browsers hold connections ready on which they never send a request.
    forceCloseConnections: true,
    ...(httpsOptions && { httpsOptions }),
  });
  app.flushLogs();
  // A drained service has done what it was asked: it exits with 0, not by the signal.
  app.enableShutdownHooks([ShutdownSignal.SIGTERM, ShutdownSignal.SIGINT], { useProcessExit: true });
  await app.listen(port, host);
  // With PORT=0 the system chose one.
  const address = (app.getHttpServer() as Server).address() as AddressInfo;
  const name = host === '127.0.0.1' ? 'localhost' : host;
  console.log(`Listening on ${plainHttp ? 'http' : 'https'}://${name}:${address.port}`);
}

bootstrap().catch((error: unknown) => {
  console.error(error instanceof WsConfigurationError ? error.message : error);
  process.exit(1);
});
