import { type ArgumentMetadata, Injectable, ValidationPipe } from '@nestjs/common';
import { ValidationFailedException } from '../errors/ws-exceptions.js';
import { fieldErrorsOf } from './field-errors.js';

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
    return metadata.type === 'body' ? super.transform(value, metadata) : Promise.resolve(value);
  }
}
