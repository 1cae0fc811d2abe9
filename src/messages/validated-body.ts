import { type ArgumentMetadata, type ExecutionContext, Injectable } from '@nestjs/common';
import { methodOf } from '../nest/handler-metadata.js';
import { WsValidationPipe } from '../validation/ws-validation.pipe.js';
import { type BodyParameter, bodyParametersOf } from '../nest/body-parameter.js';

/** The validated body of a message, for decisions before the handler runs. */
@Injectable()
export class ValidatedBody {
  constructor(private readonly pipe: WsValidationPipe) {}

  /**
   * The validated body as an instance of its DTO class, before pipes of the parameter. If the handler declares no
   * parameter for the whole body, the body as it was sent.
   *
   * @throws ValidationFailedException
   */
  async of(context: ExecutionContext): Promise<unknown> {
    const whole = parametersOf(context).find(({ data }) => data === undefined);
    return whole ? this.taken(context, whole) : context.switchToWs().getData<unknown>();
  }

  /**
   * Validates all parameters that the handler takes from the body.
   *
   * @throws ValidationFailedException
   */
  async check(context: ExecutionContext): Promise<void> {
    for (const parameter of parametersOf(context)) await this.taken(context, parameter);
  }

  private taken(
    context: ExecutionContext,
    { data: part, metatype, schema }: BodyParameter,
  ): Promise<unknown> {
    const body = context.switchToWs().getData<Record<string, unknown> | null | undefined>();
    const metadata = { type: 'body', metatype, schema, data: part } as ArgumentMetadata;
    return this.pipe.validated(part === undefined ? body : body?.[part], metadata);
  }
}

function parametersOf(context: ExecutionContext): BodyParameter[] {
  const gateway = context.getClass();
  return bodyParametersOf(gateway, methodOf(gateway, context.getHandler()));
}
