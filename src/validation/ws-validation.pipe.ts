import { type ArgumentMetadata, Injectable, ValidationPipe } from '@nestjs/common';
import type { ValidationError, ValidatorOptions } from 'class-validator';
import { ValidationFailedException } from '../errors/ws-exceptions.js';
import { WsSecurityException } from '../errors/ws-security.exception.js';
import type { FieldError } from '../protocol/envelope.js';
import { type Class, hasRules } from './class-rules.js';
import { accepted } from './compiled/accepted.js';
import { droppedByClass, droppedBySchema } from './dropped-members.js';
import { fieldErrorsOf, harmless } from './field-errors.js';
import { errorsOfIssue, type SchemaIssue } from './schema-errors.js';
import { secondLook } from './second-look.js';
import { unmakeable } from './unmakeable-members.js';
import { withoutRepeatedInput, withoutTargets } from './unrepeated-messages.js';
import { outcomeOf, remember } from './validated-once.js';

type Schema = NonNullable<ArgumentMetadata['schema']>;

/**
 * Makes the body of a message an instance of its DTO class, or what its schema makes of it, or refuses it: unknown
 * properties are errors, and nothing is converted on a guess.
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
    if (this.isExtended()) return this.validated(value, metadata);
    const outcome = outcomeOf(value, this.constructor, rulesIn(metadata)) ?? acceptedAtOnce(value, metadata);
    return outcome ?? this.judged(value, metadata);
  }

  /**
   * What the handler will get for this body, for guards that have to look into it: the work is done once, and the
   * pipe of the handler finds it done.
   *
   * @param value the body as it came
   * @param metadata `type: 'body'` and the `metatype` or `schema` of the handler's parameter
   * @throws ValidationFailedException
   */
  validated(value: unknown, metadata: ArgumentMetadata): Promise<unknown> {
    const known = outcomeOf(value, this.constructor, rulesIn(metadata));
    if (known) return known;
    const body = this.isExtended() ? undefined : acceptedAtOnce(value, metadata);
    return body ? remember(value, this.constructor, rulesIn(metadata), body) : this.judged(value, metadata);
  }

  /** Whatever a subclass does otherwise has to be asked. */
  private isExtended(): boolean {
    return Object.getPrototypeOf(this) !== WsValidationPipe.prototype;
  }

  private judged(value: unknown, metadata: ArgumentMetadata): Promise<unknown> {
    const { schema } = metadata;
    const body = schema ? this.bySchema(value, schema) : this.byClass(value, metadata);
    return remember(value, this.constructor, rulesIn(metadata), body);
  }

  private async byClass(value: unknown, given: ArgumentMetadata): Promise<unknown> {
    const metadata = this.expectedType ? { ...given, metatype: this.expectedType } : given;
    const body = await this.made(value, metadata);
    if (this.toValidate(metadata)) this.refuse([...droppedByClass(value, body), ...secondLook(body)]);
    return body;
  }

  private async made(value: unknown, metadata: ArgumentMetadata): Promise<unknown> {
    try {
      return (await super.transform(value, metadata)) as unknown;
    } catch (error) {
      if (!(error instanceof WsSecurityException))
        this.refuse(unmakeable(metadata.metatype as Class, value, this.transformOptions, metadata.data));
      throw error;
    }
  }

  /**
   * A class without rules is left alone: gateways take one only where the developer said why, and class-validator
   * would refuse every value.
   */
  protected override toValidate(metadata: ArgumentMetadata): boolean {
    return super.toValidate(metadata) && hasRules(metadata.metatype);
  }

  protected override async validate(object: object, options?: ValidatorOptions): Promise<ValidationError[]> {
    const validationError = { ...options?.validationError, target: true };
    const errors = await super.validate(object, { ...options, validationError });
    withoutRepeatedInput(errors);
    if (options?.validationError?.target !== true) withoutTargets(errors);
    return errors;
  }

  private async bySchema(value: unknown, schema: Schema): Promise<unknown> {
    const result = await schema['~standard'].validate(value);
    if (result.issues) this.refuse((result.issues as readonly SchemaIssue[]).flatMap(errorsOfIssue));
    else this.refuse([...droppedBySchema(value, result.value), ...secondLook(result.value)]);
    return 'value' in result ? result.value : undefined;
  }

  private refuse(errors: readonly FieldError[]): void {
    if (errors.length > 0) throw new ValidationFailedException(harmless(errors));
  }
}

function rulesIn({ schema, metatype }: ArgumentMetadata): unknown {
  return schema ?? metatype;
}

function acceptedAtOnce(
  value: unknown,
  { type, schema, metatype }: ArgumentMetadata,
): Promise<unknown> | undefined {
  const body = type !== 'body' || schema || !metatype ? undefined : accepted(value, metatype);
  return body && Promise.resolve(body);
}
