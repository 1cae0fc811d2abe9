/*
 * @nestjs/throttler is CommonJS and requires ES modules. Node supports that, but Jest only on Node 24. This file runs
 * its source unchanged, with a `require` that returns the modules that Jest has imported.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import * as asyncHooks from 'node:async_hooks';
import * as crypto from 'node:crypto';
import * as net from 'node:net';
import * as common from '@nestjs/common';
import * as core from '@nestjs/core';
import 'reflect-metadata';

const EXTERNAL = {
  '@nestjs/common': common,
  '@nestjs/core': core,
  async_hooks: asyncHooks,
  crypto,
  'node:crypto': crypto,
  net,
  'node:net': net,
  'reflect-metadata': {},
};

const loaded = new Map();

function load(file) {
  const known = loaded.get(file);
  if (known) return known.exports;
  const module = { exports: {} };
  loaded.set(file, module);
  const resolve = (name) => {
    if (name.startsWith('.')) return load(`${join(dirname(file), name)}.js`);
    if (name in EXTERNAL) return EXTERNAL[name];
    throw new Error(`${file} requires ${name}`);
  };
  // oxlint-disable-next-line typescript/no-implied-eval -- an installed package, run as a module loader would
  const run = new Function('module', 'exports', 'require', readFileSync(file, 'utf8'));
  run(module, module.exports, resolve);
  return module.exports;
}

const entry = createRequire(import.meta.url).resolve('@nestjs/throttler/package.json');

export const {
  seconds,
  minutes,
  hours,
  days,
  SkipThrottle,
  Throttle,
  ThrottlerException,
  ThrottlerGuard,
  ThrottlerModule,
  ThrottlerStorage,
  ThrottlerStorageService,
  getOptionsToken,
  getStorageToken,
} = load(join(dirname(entry), 'dist/index.js'));
