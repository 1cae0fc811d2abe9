import 'reflect-metadata';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type INestApplication, ShutdownSignal } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { tlsOptionsFromEnv, WsConfigurationError } from 'nestjs-ws-security';
import { AppModule } from './app.module.js';
import { ProblemList } from './problem-list.js';
import { serviceConfig, type ServiceConfig } from './service-config.js';
import { developmentCertificate } from './tls/development-certificate.js';

/** The configured certificate, or one for a first look. */
async function certificate(): Promise<{ cert: string; key: string }> {
  return process.env['WS_TLS_CERT_FILE'] ? tlsOptionsFromEnv() : developmentCertificate();
}

async function bootstrap(): Promise<void> {
  const problems = new ProblemList();
  const config = await problems.attempt(() => serviceConfig());
  // Without a certificate the application is made all the same, to hear what else is wrong; it does not listen.
  const httpsOptions = config?.plainHttp ? undefined : ((await problems.attempt(certificate)) ?? {});
  const app = await problems.attempt(() =>
    NestFactory.create(AppModule, {
      // What stops the start is printed once, below, and not by Nest as well.
      abortOnError: false,
      bufferLogs: true,
      autoFlushLogs: false,
      logger: ['error', 'warn', 'fatal'],
      // After the drain; browsers hold connections ready on which they never send a request.
      forceCloseConnections: true,
      ...(httpsOptions && { httpsOptions }),
    }),
  );
  app?.flushLogs();
  await problems.attempt(() => app?.init());
  problems.throwIfAny();
  if (app && config) await listen(app, config);
}

async function listen(app: INestApplication, { host, port, plainHttp }: ServiceConfig): Promise<void> {
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
