import 'reflect-metadata';
import { startService } from '../../example/dist/server/start-service.js';

// The reference service with short deadlines, so that tests need not wait long.
void startService({ request: 400, exchange: 600, lookEvery: 50 });
