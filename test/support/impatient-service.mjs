import 'reflect-metadata';
import { startService } from '../../example/dist/server/start-service.js';

// As the reference service is, but nobody has to wait long for its deadlines.
await startService({ request: 400, exchange: 600, lookEvery: 50 });
