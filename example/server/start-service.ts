import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ShutdownSignal } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { ClientLocator, tlsOptionsFromEnv } from 'nestjs-ws-security';
import { AppModule } from './app.module.js';
import { HTTP_DEADLINES, type HttpDeadlines, limitWaiting } from './http/http-deadlines.js';
import { securityHeaders } from './http/security-headers.js';
import { ProblemList } from './problem-list.js';
import { serviceConfig, type ServiceConfig } from './service-config.js';
import { removeAbandonedSocket } from './socket-file.js';
import { developmentCertificate } from './tls/development-certificate.js';

/** The configured certificate, or one for development. */
async function certificate(): Promise<{ cert: string; key: string }> {
  return process.env['WS_TLS_CERT_FILE'] ? tlsOptionsFromEnv() : developmentCertificate();
}

/**
 * Starts the reference service and prints its URL.
 *
 * @throws WsConfigurationError with all problems
 */
export async function startService(deadlines = HTTP_DEADLINES): Promise<void> {
  const problems = new ProblemList();
  const config = await problems.attempt(() => serviceConfig());
  // Without a certificate, the application is still created to find other problems, but it does not listen.
  const httpsOptions = config?.plainHttp ? undefined : ((await problems.attempt(certificate)) ?? {});
  const app = await problems.attempt(() =>
    NestFactory.create<NestExpressApplication>(AppModule, {
      // The caller prints the error that stops the start. Nest must not print it too.
      abortOnError: false,
      bufferLogs: true,
      autoFlushLogs: false,
      logger: ['error', 'warn', 'fatal'],
      // Applies after the drain: browsers keep connections open without sending a request.
      forceCloseConnections: true,
      ...(httpsOptions && { httpsOptions }),
    }),
  );
  app?.flushLogs();
  await problems.attempt(() => app?.init());
  problems.throwIfAny();
  if (app && config) await listen(app, config, deadlines);
}

async function listen(
  app: NestExpressApplication,
  config: ServiceConfig,
  deadlines: HttpDeadlines,
): Promise<void> {
  app.disable('x-powered-by');
  const server: Server = app.getHttpServer();
  limitWaiting(server, deadlines);
  // Runs before Express, which answers some requests without calling handlers.
  server.prependListener('request', securityHeaders(app.get(ClientLocator)));
  // A service that was drained exits with 0, and not because of the signal.
  app.enableShutdownHooks([ShutdownSignal.SIGTERM, ShutdownSignal.SIGINT], { useProcessExit: true });
  console.log(`Listening on ${config.plainHttp ? 'http' : 'https'}://${await bind(app, config)}`);
}

/** @returns the address for the log */
async function bind(app: NestExpressApplication, { host, port, socketPath }: ServiceConfig): Promise<string> {
  if (socketPath !== undefined) {
    await removeAbandonedSocket(socketPath);
    await app.listen(socketPath);
    return `unix:${socketPath}`;
  }
  await app.listen(port, host);
  // With PORT=0, the system has chosen the port.
  const address = app.getHttpServer().address() as AddressInfo;
  return `${host === '127.0.0.1' ? 'localhost' : host}:${address.port}`;
}
