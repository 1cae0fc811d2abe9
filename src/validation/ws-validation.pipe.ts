import { type ArgumentMetadata, Injectable, ValidationPipe } from '@nestjs/common';
import { ValidationFailedException } from '../errors/ws-exceptions.js';
import { fieldErrorsOf } from './field-errors.js';

/** Bodies that were validated before the pipe's turn. Each gateway has a pipe of its own, so this is nobody's member. */
const validated = new WeakMap<object, { metatype: unknown; instance: unknown }>();

/**
 * Makes the body of a message an instance of its DTO class, or refuses it: unknown properties are errors, and
 * nothing is converted on a guess.
 *
 * @publicApi
 */
@Injectable()
export class WsValidationPipe extends ValidationPipe {
  constructor() {
    super({
      transform: true,
      whitelist: true,
      forbidNonWhitelisted: true,
      forbidUnknownValues: true,
      stopAtFirstError: false,
      transformOptions: { enableImplicitConversion: false, exposeDefaultValues: true },
      validationError: { target: false, value: false },
      exceptionFactory: (errors) => new ValidationFailedException(fieldErrorsOf(errors)),
    });
  }

  /** @throws ValidationFailedException */
  override transform(value: unknown, metadata: ArgumentMetadata): Promise<unknown> {
    // Without parameter decorators a handler's socket comes through pipes too: only bodies are ours.
    if (metadata.type !== 'body') return Promise.resolve(value);
    const known = typeof value === 'object' && value !== null ? validated.get(value) : undefined;
    if (known?.metatype === metadata.metatype) return Promise.resolve(known?.instance);
    return super.transform(value, metadata);
  }

  /**
   * As `transform`, for who needs the body before the handler: the handler gets the same instance then, and it is
   * validated once.
   *
   * @throws ValidationFailedException
   * @internal
   */
  async validated(value: unknown, metadata: ArgumentMetadata): Promise<unknown> {
    const instance = await this.transform(value, metadata);
    if (typeof value === 'object' && value !== null)
      validated.set(value, { metatype: metadata.metatype, instance });
    return instance;
  }
}
