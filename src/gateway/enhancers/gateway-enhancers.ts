import {
  type ArgumentMetadata,
  type ArgumentsHost,
  Catch,
  type ExceptionFilter,
  Inject,
  Injectable,
  Optional,
  type PipeTransform,
} from '@nestjs/common';
import { fromModule } from '../from-module.js';
import { ChosenEnhancers } from './chosen-enhancers.js';

/**
 * Calls the validation pipe that was selected at the start. Nest itself creates the pipe that a decorator names, so it
 * could not be replaced.
 */
@Injectable()
export class GatewayPipe implements PipeTransform {
  private readonly chosen: ChosenEnhancers;

  constructor(@Optional() @Inject(ChosenEnhancers) chosen?: ChosenEnhancers) {
    this.chosen = fromModule(chosen);
  }

  transform(value: unknown, metadata: ArgumentMetadata): Promise<unknown> {
    // oxlint-disable-next-line promise/valid-params -- the method of a filter
    return this.chosen.pipe.transform(value, metadata);
  }
}

/** As {@link GatewayPipe}, for the exception filter. */
@Catch()
@Injectable()
export class GatewayFilter implements ExceptionFilter {
  private readonly chosen: ChosenEnhancers;

  constructor(@Optional() @Inject(ChosenEnhancers) chosen?: ChosenEnhancers) {
    this.chosen = fromModule(chosen);
  }

  catch(exception: unknown, host: ArgumentsHost): unknown {
    // oxlint-disable-next-line promise/valid-params -- the method of a filter
    return this.chosen.filter.catch(exception, host);
  }
}
