import type { Type } from '@nestjs/common';
import { MetadataScanner } from '@nestjs/core';

/** Remembers the classes it has looked at. */
const scanner = new MetadataScanner();

/** The name a gateway has for a handler: a decorator may have put a function of another name in its place. */
// oxlint-disable-next-line typescript/no-unsafe-function-type -- what Nest calls a handler and a class
export function methodOf(gateway: Function, handler: Function): string {
  const { prototype } = gateway as Type<Record<string, unknown>>;
  if (prototype[handler.name] === handler) return handler.name;
  return scanner.getAllMethodNames(prototype).find((name) => prototype[name] === handler) ?? '';
}
