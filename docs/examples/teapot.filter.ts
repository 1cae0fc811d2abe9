import { Catch, Injectable } from '@nestjs/common';
import { type ErrorBody, WsExceptionFilter, WsSecurityException } from 'nestjs-ws-security';

export class TeapotError extends Error {}

/** Gives an error of the application a code. The code that throws it stays unchanged. */
@Catch()
@Injectable()
export class TeapotFilter extends WsExceptionFilter {
  protected override toBody(exception: unknown, event: string | undefined): ErrorBody {
    if (!(exception instanceof TeapotError)) return super.toBody(exception, event);
    return new WsSecurityException('FORBIDDEN', 'I am a teapot.').toBody();
  }
}
