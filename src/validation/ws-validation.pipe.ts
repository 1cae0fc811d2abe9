import { type ArgumentMetadata, Injectable, ValidationPipe } from '@nestjs/common';
import type { ValidationError, ValidatorOptions } from 'class-validator';
import { ValidationFailedException } from '../errors/ws-exceptions.js';
import { WsSecurityException } from '../errors/ws-security.exception.js';
import { type ParameterSchema, schemaOf } from '../nest/parameter-schema.js';
import type { FieldError } from '../protocol/envelope.js';
import { type Class, hasRules } from './class-rules.js';
import { accepted } from './compiled/accepted.js';
import { droppedByClass, droppedBySchema } from './dropped-members.js';
import { fieldErrorsOf, harmless } from './field-errors.js';
import { NOT_VALID } from './guarded-rules.js';
import { guardedValidation } from './guarded-validation.js';
import { errorsOfIssue } from './schema-errors.js';
import { verdictOf } from './schema-verdict.js';
import { overlookedErrors } from './overlooked-errors.js';
import { untransformable } from './untransformable-members.js';
import { withoutRepeatedInput, withoutTargets } from './unrepeated-messages.js';
import { outcomeOf, remember } from './validated-once.js';

/**
 * Validates the body of a message and turns it into an instance of its DTO class, or the output of its schema. Unknown
 * properties are errors, and no value is converted implicitly.
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
    // If a handler has no parameter decorators, Nest passes its socket through pipes too.
    if (metadata.type !== 'body') return Promise.resolve(value);
    if (this.isExtended()) return this.validated(value, metadata);
    const outcome = outcomeOf(value, this.constructor, rulesIn(metadata)) ?? acceptedAtOnce(value, metadata);
    return outcome ?? this.validatedFully(value, metadata);
  }

  /**
   * The body if it is certainly valid and nobody has validated it before; undefined for every other body.
   *
   * @internal
   */
  acceptedNow(value: unknown, metadata: ArgumentMetadata): object | undefined {
    const rules = rulesIn(metadata);
    if (outcomeOf(value, this.constructor, rules)) return undefined;
    return schemaOf(metadata) || !metadata.metatype ? undefined : accepted(value, metadata.metatype);
  }

  /**
   * The body that the handler will get, for guards that need it. It is validated once, and the pipe of the handler uses
   * the same result.
   *
   * @param value the body as it was sent
   * @param metadata `type: 'body'` and the `metatype` or `schema` of the handler's parameter
   * @throws ValidationFailedException
   */
  validated(value: unknown, metadata: ArgumentMetadata): Promise<unknown> {
    const known = outcomeOf(value, this.constructor, rulesIn(metadata));
    if (known) return known;
    const body = this.isExtended() ? undefined : acceptedAtOnce(value, metadata);
    return body
      ? remember(value, this.constructor, rulesIn(metadata), body)
      : this.validatedFully(value, metadata);
  }

  /** Subclasses may validate in another way, so they skip the shortcut. */
  private isExtended(): boolean {
    return Object.getPrototypeOf(this) !== WsValidationPipe.prototype;
  }

  private validatedFully(value: unknown, metadata: ArgumentMetadata): Promise<unknown> {
    const schema = schemaOf(metadata);
    const body = schema ? this.bySchema(value, metadata, schema) : this.byClass(value, metadata);
    return remember(value, this.constructor, rulesIn(metadata), body);
  }

  private async byClass(value: unknown, given: ArgumentMetadata): Promise<unknown> {
    const metadata = this.expectedType ? { ...given, metatype: this.expectedType } : given;
    const body = await this.transformed(value, metadata);
    if (this.toValidate(metadata))
      this.refuse(
        await this.guarded(metadata, () => [...droppedByClass(value, body), ...overlookedErrors(body)]),
      );
    return body;
  }

  private async transformed(value: unknown, metadata: ArgumentMetadata): Promise<unknown> {
    try {
      return (await super.transform(value, metadata)) as unknown;
    } catch (error) {
      if (!(error instanceof WsSecurityException))
        this.refuse(
          untransformable(metadata.metatype as Class, value, this.transformOptions, metadata.data),
          error,
        );
      throw error;
    }
  }

  /**
   * A class without rules is not validated: class-validator would refuse every value. A gateway may have such a class
   * only with `@UnvalidatedBody()`.
   */
  protected override toValidate(metadata: ArgumentMetadata): boolean {
    return super.toValidate(metadata) && hasRules(metadata.metatype);
  }

  protected override async validate(object: object, options?: ValidatorOptions): Promise<ValidationError[]> {
    const validationError = { ...options?.validationError, target: true };
    const { errors, fault } = await guardedValidation(object, { ...options, validationError });
    withoutRepeatedInput(errors);
    if (options?.validationError?.target !== true) withoutTargets(errors);
    if (fault) this.refuse(fieldErrorsOf(errors), fault.error);
    return errors;
  }

  private async bySchema(
    value: unknown,
    metadata: ArgumentMetadata,
    schema: ParameterSchema,
  ): Promise<unknown> {
    const result = await this.guarded(metadata, () => verdictOf(schema, value));
    if (result.issues) this.refuse(result.issues.flatMap(errorsOfIssue));
    else
      this.refuse(
        await this.guarded(metadata, () => [
          ...droppedBySchema(value, result.value),
          ...overlookedErrors(result.value),
        ]),
      );
    return 'value' in result ? result.value : undefined;
  }

  /** Runs checks that may call code of the application. If they throw, the body is refused as not valid. */
  private async guarded<T>({ data }: ArgumentMetadata, check: () => T | PromiseLike<T>): Promise<T> {
    try {
      return await check();
    } catch (cause) {
      const error = { path: data ?? 'body', constraint: 'rule', message: NOT_VALID };
      throw new ValidationFailedException([error], { cause });
    }
  }

  private refuse(errors: readonly FieldError[], cause?: unknown): void {
    if (errors.length > 0) throw new ValidationFailedException(harmless(errors), { cause });
  }
}

function rulesIn(metadata: ArgumentMetadata): unknown {
  return schemaOf(metadata) ?? metadata.metatype;
}

function acceptedAtOnce(value: unknown, metadata: ArgumentMetadata): Promise<unknown> | undefined {
  const { type, metatype } = metadata;
  const body = type !== 'body' || schemaOf(metadata) || !metatype ? undefined : accepted(value, metatype);
  return body && Promise.resolve(body);
}
