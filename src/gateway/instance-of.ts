import { type OnModuleInit, Scope, type Type } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import { WsConfigurationError } from '../errors/configuration.error.js';

// `SCOPE_OPTIONS_METADATA` of @nestjs/common.
const SCOPE = 'scope:options';

/**
 * The application's provider of a class if there is one, otherwise a new instance with what its module can see.
 *
 * @throws WsConfigurationError when it, or something it injects, would be made for each request
 */
export async function instanceOf<T extends object>(type: Type<T>, moduleRef: ModuleRef): Promise<T> {
  if (isRequestScoped(type, moduleRef)) throw perRequest(type);
  const provided = providerOf(type, moduleRef);
  if (provided) return provided;
  const created = await moduleRef.create(type).catch((error: unknown) => {
    throw error instanceof Error && error.constructor.name === REQUEST_SCOPED ? perRequest(type) : error;
  });
  // Nest calls the hooks of providers only, and ThrottlerGuard prepares itself in this one.
  await (created as Partial<OnModuleInit>).onModuleInit?.();
  return created;
}

// What Nest throws when something injected is; no entry point exports it.
const REQUEST_SCOPED = 'RequestScopedCreateException';

function isRequestScoped(type: Type, moduleRef: ModuleRef): boolean {
  try {
    return moduleRef.introspect(type).scope === Scope.REQUEST;
  } catch {
    // Nobody provides it.
    const options = Reflect.getMetadata(SCOPE, type) as { scope?: Scope } | undefined;
    return options?.scope === Scope.REQUEST;
  }
}

function providerOf<T extends object>(type: Type<T>, moduleRef: ModuleRef): T | undefined {
  try {
    return moduleRef.get<T>(type, { strict: false });
  } catch {
    return undefined;
  }
}

function perRequest({ name }: Type): WsConfigurationError {
  const message =
    'is request-scoped, but is made once, when the application starts; make it and what it injects singletons';
  return new WsConfigurationError([{ name, message }]);
}
