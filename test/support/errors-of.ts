import type { ArgumentMetadata, Type } from '@nestjs/common';
import { ValidationFailedException } from '../../src/errors/ws-exceptions.js';
import { WsValidationPipe } from '../../src/validation/ws-validation.pipe.js';

/** The path and constraint of each error of a body. Empty for a valid body. */
export async function errorsOf(
  value: unknown,
  metatype: Type,
  more: Partial<ArgumentMetadata> = {},
): Promise<string[]> {
  try {
    await new WsValidationPipe().transform(value, { type: 'body', metatype, ...more });
    return [];
  } catch (error) {
    if (!(error instanceof ValidationFailedException)) throw error;
    return (error.errors ?? []).map(({ path, constraint }) => `${path} ${constraint}`);
  }
}
