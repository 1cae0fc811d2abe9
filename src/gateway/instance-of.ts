import type { OnModuleInit, Type } from '@nestjs/common';
import type { ModuleRef } from '@nestjs/core';

/** The application's provider of a class if there is one, otherwise a new instance with what its module can see. */
export async function instanceOf<T extends object>(type: Type<T>, moduleRef: ModuleRef): Promise<T> {
  const provided = providerOf(type, moduleRef);
  if (provided) return provided;
  const created = await moduleRef.create(type);
  // Nest calls the hooks of providers only, and ThrottlerGuard prepares itself in this one.
  await (created as Partial<OnModuleInit>).onModuleInit?.();
  return created;
}

function providerOf<T extends object>(type: Type<T>, moduleRef: ModuleRef): T | undefined {
  try {
    return moduleRef.get<T>(type, { strict: false });
  } catch {
    return undefined;
  }
}
