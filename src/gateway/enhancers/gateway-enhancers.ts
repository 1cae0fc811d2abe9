import {
  type ArgumentMetadata,
  type ArgumentsHost,
  Catch,
  type ExceptionFilter,
  Injectable,
  type PipeTransform,
} from '@nestjs/common';
import { ChosenEnhancers } from './chosen-enhancers.js';

/** Nest makes the pipe that a decorator names by itself; this one asks the pipe that was chosen at the start. */
@Injectable()
export class GatewayPipe implements PipeTransform {
  constructor(private readonly chosen: ChosenEnhancers) {}

  transform(value: unknown, metadata: ArgumentMetadata): Promise<unknown> {
    // oxlint-disable-next-line promise/valid-params -- the method of a filter
    return this.chosen.pipe.transform(value, metadata);
  }
}

/** As {@link GatewayPipe}, for what goes wrong. */
@Catch()
@Injectable()
export class GatewayFilter implements ExceptionFilter {
  constructor(private readonly chosen: ChosenEnhancers) {}

  catch(exception: unknown, host: ArgumentsHost): unknown {
    // oxlint-disable-next-line promise/valid-params -- the method of a filter
    return this.chosen.filter.catch(exception, host);
  }
}
