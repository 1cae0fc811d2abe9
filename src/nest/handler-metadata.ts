import { applyDecorators, SetMetadata, type Type } from '@nestjs/common';
import { MetadataScanner } from '@nestjs/core';

/** A handler or a class, as Nest's `ExecutionContext` gives it. @publicApi */
// oxlint-disable-next-line typescript/no-unsafe-function-type -- what Nest calls a handler and a class
export type Callable = Function;

/** Remembers the classes it has looked at. */
const scanner = new MetadataScanner();

/** Metadata of a class or a method; of a method by its name too, where a decorator above puts another function there. */
export function declare(key: string, value: unknown): ClassDecorator & MethodDecorator {
  const onName = (target: object, method?: string | symbol): void => {
    if (method !== undefined) Reflect.defineMetadata(key, value, target, method);
  };
  return applyDecorators(SetMetadata(key, value), onName);
}

/** What {@link declare} said of a handler. A method that is overridden says it anew. */
export function declaredOf(key: string, gateway: Callable, handler: Callable): unknown {
  return Reflect.getMetadata(key, handler) ?? declaredOfName(key, gateway, handler);
}

function declaredOfName(key: string, gateway: Callable, handler: Callable): unknown {
  const method = methodOf(gateway, handler);
  let owner = gateway.prototype as object | null;
  while (owner && !Object.hasOwn(owner, method)) owner = Object.getPrototypeOf(owner) as object | null;
  return owner ? Reflect.getOwnMetadata(key, owner, method) : undefined;
}

/** The name a gateway has for a handler: a decorator may have put a function of another name in its place. */
export function methodOf(gateway: Callable, handler: Callable): string {
  const { prototype } = gateway as Type<Record<string, unknown>>;
  if (prototype[handler.name] === handler) return handler.name;
  return scanner.getAllMethodNames(prototype).find((name) => prototype[name] === handler) ?? '';
}
