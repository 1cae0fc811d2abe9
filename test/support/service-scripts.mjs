// The entry of the bundle of the reference service, which runs it with short deadlines when `SHORT_DEADLINES` is set.
import process from 'node:process';

void (process.env.SHORT_DEADLINES === undefined
  ? import('../../example/dist/server/main.js')
  : import('./short-deadlines-service.mjs'));
