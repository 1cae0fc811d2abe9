import { applyDecorators, SetMetadata, type Type } from '@nestjs/common';
import { MetadataScanner } from '@nestjs/core';

/** A handler or a class, as in Nest's `ExecutionContext`. @publicApi */
// oxlint-disable-next-line typescript/no-unsafe-function-type -- the type that Nest uses for handlers and classes
export type Callable = Function;

/** Caches the methods of classes. */
const scanner = new MetadataScanner();

/**
 * Sets metadata on a class or a method. For a method it is also stored by name, because another decorator may replace
 * the function.
 */
export function declare(key: string, value: unknown): ClassDecorator & MethodDecorator {
  const onName = (target: object, method?: string | symbol): void => {
    if (method !== undefined) Reflect.defineMetadata(key, value, target, method);
  };
  return applyDecorators(SetMetadata(key, value), onName);
}

/** Reads the metadata of {@link declare} for a handler. A method that overrides another one does not inherit it. */
export function declaredOf(key: string, gateway: Callable, handler: Callable): unknown {
  return Reflect.getMetadata(key, handler) ?? declaredOfName(key, gateway, handler);
}

function declaredOfName(key: string, gateway: Callable, handler: Callable): unknown {
  const method = methodOf(gateway, handler);
  let owner = gateway.prototype as object | null;
  while (owner && !Object.hasOwn(owner, method)) owner = Object.getPrototypeOf(owner) as object | null;
  return owner ? Reflect.getOwnMetadata(key, owner, method) : undefined;
}

/**
 * The name of a handler in its gateway. It may differ from the function's name if a decorator has replaced the
 * function.
 */
export function methodOf(gateway: Callable, handler: Callable): string {
  const { prototype } = gateway as Type<Record<string, unknown>>;
  if (prototype[handler.name] === handler) return handler.name;
  return scanner.getAllMethodNames(prototype).find((name) => prototype[name] === handler) ?? '';
}
