/*
 * @nestjs/throttler is CommonJS and requires Nest. Where Nest is ES modules, Jest cannot do that before Node 24.9. This
 * file runs the source of the throttler unchanged, with a `require` that returns the modules that Jest has imported.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import * as asyncHooks from 'node:async_hooks';
import * as crypto from 'node:crypto';
import * as net from 'node:net';
import * as common from '@nestjs/common';
import * as core from '@nestjs/core';
import type * as Throttler from '@nestjs/throttler';
import 'reflect-metadata';

type Exports = Record<string, unknown>;
type Run = (module: { exports: Exports }, exports: Exports, require: (name: string) => unknown) => void;

const EXTERNAL: Record<string, unknown> = {
  '@nestjs/common': common,
  '@nestjs/core': core,
  async_hooks: asyncHooks,
  crypto,
  'node:crypto': crypto,
  net,
  'node:net': net,
  'reflect-metadata': {},
};

const loaded = new Map<string, { exports: Exports }>();

function load(file: string): Exports {
  const known = loaded.get(file);
  if (known) return known.exports;
  const module = { exports: {} };
  loaded.set(file, module);
  const resolve = (name: string): unknown => {
    if (name.startsWith('.')) return load(`${join(dirname(file), name)}.js`);
    if (name in EXTERNAL) return EXTERNAL[name];
    throw new Error(`${file} requires ${name}`);
  };
  // oxlint-disable-next-line typescript/no-implied-eval -- an installed package, run as a module loader would
  const run = new Function('module', 'exports', 'require', readFileSync(file, 'utf8')) as Run;
  run(module, module.exports, resolve);
  return module.exports;
}

const entry = createRequire(import.meta.url).resolve('@nestjs/throttler/package.json');

const throttler = load(join(dirname(entry), 'dist/index.js')) as typeof Throttler;

export const seconds: typeof Throttler.seconds = throttler.seconds;
export const minutes: typeof Throttler.minutes = throttler.minutes;
export const hours: typeof Throttler.hours = throttler.hours;
export const days: typeof Throttler.days = throttler.days;
export const SkipThrottle: typeof Throttler.SkipThrottle = throttler.SkipThrottle;
export const Throttle: typeof Throttler.Throttle = throttler.Throttle;
export const ThrottlerException: typeof Throttler.ThrottlerException = throttler.ThrottlerException;
export const ThrottlerGuard: typeof Throttler.ThrottlerGuard = throttler.ThrottlerGuard;
export const ThrottlerModule: typeof Throttler.ThrottlerModule = throttler.ThrottlerModule;
export const ThrottlerStorage: typeof Throttler.ThrottlerStorage = throttler.ThrottlerStorage;
export const ThrottlerStorageService: typeof Throttler.ThrottlerStorageService =
  throttler.ThrottlerStorageService;
export const getOptionsToken: typeof Throttler.getOptionsToken = throttler.getOptionsToken;
export const getStorageToken: typeof Throttler.getStorageToken = throttler.getStorageToken;
