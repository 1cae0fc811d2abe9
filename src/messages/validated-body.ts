import { type ArgumentMetadata, type ExecutionContext, Injectable } from '@nestjs/common';
import { WsValidationPipe } from '../validation/ws-validation.pipe.js';
import { bodyParametersOf, methodOf } from './body-parameter.js';

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
    const data = context.switchToWs().getData<unknown>();
    const metadata = this.metadataOf(context);
    return metadata ? this.pipe.validated(data, metadata) : data;
  }

  private metadataOf(context: ExecutionContext): ArgumentMetadata | undefined {
    const gateway = context.getClass();
    const parameter = bodyParametersOf(gateway, methodOf(gateway, context.getHandler())).find(
      ({ data }) => data === undefined,
    );
    if (!parameter) return undefined;
    const { metatype, schema } = parameter;
    return { type: 'body', metatype, schema } as ArgumentMetadata;
  }
}
