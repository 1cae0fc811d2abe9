import 'reflect-metadata';
import { ShutdownSignal } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { WsConfigurationError } from 'nestjs-ws-security';
import { AppModule } from './app.module.js';
import { serviceConfig } from './service-config.js';
import { developmentCertificate } from './tls/development-certificate.js';

async function bootstrap(): Promise<void> {
  const { host, port, plainHttp } = serviceConfig();
  const httpsOptions = plainHttp ? undefined : await developmentCertificate();
  const app = await NestFactory.create(AppModule, {
    abortOnError: false,
    logger: ['error', 'warn', 'fatal'],
    ...(httpsOptions && { httpsOptions }),
  });
  // A drained service has done what it was asked: it exits with 0, not by the signal.
  app.enableShutdownHooks([ShutdownSignal.SIGTERM, ShutdownSignal.SIGINT], { useProcessExit: true });
  await app.listen(port, host);
  console.log(
    `Listening on ${plainHttp ? 'http' : 'https'}://${host === '127.0.0.1' ? 'localhost' : host}:${port}`,
  );
}

bootstrap().catch((error: unknown) => {
  console.error(error instanceof WsConfigurationError ? error.message : error);
  process.exit(1);
});
