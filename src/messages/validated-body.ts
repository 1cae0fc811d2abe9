import { type ArgumentMetadata, type ExecutionContext, Injectable } from '@nestjs/common';
import { methodOf } from '../nest/handler-metadata.js';
import { WsValidationPipe } from '../validation/ws-validation.pipe.js';
import { type BodyParameter, bodyParametersOf } from '../nest/body-parameter.js';

/** The body of a message as its handler will see it, for decisions that are taken before the handler runs. */
@Injectable()
export class ValidatedBody {
  constructor(private readonly pipe: WsValidationPipe) {}

  /**
   * The body, validated and an instance of its DTO class, before pipes of the parameter's own; as it was sent when the
   * handler declares no class for the whole of it.
   *
   * @throws ValidationFailedException
   */
  async of(context: ExecutionContext): Promise<unknown> {
    const whole = parametersOf(context).find(({ data }) => data === undefined);
    return whole ? this.taken(context, whole) : context.switchToWs().getData<unknown>();
  }

  /**
   * Looks at everything that the handler takes of a body.
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
