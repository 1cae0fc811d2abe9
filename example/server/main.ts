import 'reflect-metadata';
import { WsConfigurationError } from 'nestjs-ws-security';
import { startService } from './start-service.js';

startService().catch((error: unknown) => {
  console.error(error instanceof WsConfigurationError ? error.message : error);
  process.exit(1);
});
