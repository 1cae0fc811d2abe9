import { type OnModuleInit, Scope, type Type } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import { WsConfigurationError } from '../errors/configuration.error.js';
import { REQUEST_SCOPED_CREATE_EXCEPTION, SCOPE_OPTIONS_METADATA } from './metadata-keys.js';

/**
 * Returns the application's provider of a class, or a new instance with dependencies from its module.
 *
 * @throws WsConfigurationError if it, or one of its dependencies, is request-scoped
 */
export async function providedInstanceOf<T extends object>(type: Type<T>, moduleRef: ModuleRef): Promise<T> {
  const scope = providedScopeOf(type, moduleRef);
  if ((scope ?? declaredScopeOf(type)) === Scope.REQUEST) throw perRequest(type);
  if (scope === Scope.DEFAULT) return moduleRef.get<T>(type, { strict: false });
  const created = await (scope === Scope.TRANSIENT
    ? moduleRef.resolve<T>(type, undefined, { strict: false })
    : create(type, moduleRef));
  // Nest does not call hooks of instances created here, and ThrottlerGuard needs this one.
  await (created as Partial<OnModuleInit>).onModuleInit?.();
  return created;
}

async function create<T extends object>(type: Type<T>, moduleRef: ModuleRef): Promise<T> {
  return moduleRef.create(type).catch((error: unknown) => {
    throw error instanceof Error && error.constructor.name === REQUEST_SCOPED_CREATE_EXCEPTION
      ? perRequest(type)
      : error;
  });
}

/** @returns undefined if there is no such provider */
function providedScopeOf(type: Type, moduleRef: ModuleRef): Scope | undefined {
  try {
    return moduleRef.introspect(type).scope;
  } catch {
    return undefined;
  }
}

function declaredScopeOf(type: Type): Scope | undefined {
  return (Reflect.getMetadata(SCOPE_OPTIONS_METADATA, type) as { scope?: Scope } | undefined)?.scope;
}

function perRequest({ name }: Type): WsConfigurationError {
  const message =
    'is request-scoped, but is created once at the start; make it and its dependencies singletons';
  return new WsConfigurationError([{ name, message }]);
}
