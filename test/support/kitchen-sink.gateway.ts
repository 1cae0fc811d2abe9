import {
  BadRequestException,
  ForbiddenException,
  HttpException,
  Injectable,
  type PipeTransform,
  UseFilters,
  UseInterceptors,
} from '@nestjs/common';
import type { CallHandler, ExecutionContext, NestInterceptor } from '@nestjs/common';
import { MessageBody, SubscribeMessage, WsException } from '@nestjs/websockets';
import { IsInt, IsString, MaxLength } from 'class-validator';
import {
  CurrentConnection,
  CurrentPrincipal,
  PlainText,
  SecureGateway,
  Trim,
  WsExceptionFilter,
  WsSecurityException,
  type Connection,
  type Principal,
} from 'nestjs-ws-security';
import { map, of, throwError, type Observable } from 'rxjs';

class ErrorDto {
  @IsString()
  error!: string;
}

class StatusDto {
  @IsInt()
  status!: number;
}

class NoteDto {
  @PlainText()
  @Trim()
  @IsString()
  @MaxLength(20)
  text!: string;
}

class CountDto {
  @IsInt()
  count!: number;
}

@Injectable()
export class Doubling implements NestInterceptor {
  intercept(_context: ExecutionContext, next: CallHandler): Observable<unknown> {
    return next.handle().pipe(map((value: number) => value * 2));
  }
}

class TeapotError extends Error {}

@Injectable()
class TeapotFilter extends WsExceptionFilter {
  protected override toBody(exception: unknown, event: string | undefined) {
    if (exception instanceof TeapotError)
      return new WsSecurityException('FORBIDDEN', 'I am a teapot').toBody();
    return super.toBody(exception, event);
  }
}

@Injectable()
export class Upper implements PipeTransform<string> {
  transform(value: string): string {
    return value.toUpperCase();
  }
}

/** A gateway with a handler for each kind of reply and exception. */
@SecureGateway({ path: '/ws' })
export class KitchenSink {
  @SubscribeMessage('note')
  note(@MessageBody() { text }: NoteDto): { text: string } {
    return { text };
  }

  @SubscribeMessage('count')
  count(@MessageBody() body: CountDto): object {
    return { count: body.count, isInstance: body instanceof CountDto };
  }

  @SubscribeMessage('named')
  named(): object {
    return { event: 'other', data: 7 };
  }

  @SubscribeMessage('nothing')
  nothing(): void {}

  @SubscribeMessage('stream')
  stream(): Observable<number> {
    return of(1, 2, 3);
  }

  @SubscribeMessage('broken-stream')
  brokenStream(): Observable<number> {
    return throwError(() => new Error('canary-stream'));
  }

  @UseInterceptors(Doubling)
  @SubscribeMessage('doubled')
  doubled(): number {
    return 21;
  }

  @SubscribeMessage('bigint')
  bigint(): object {
    return { value: 1n };
  }

  @SubscribeMessage('function')
  function(): () => void {
    return () => undefined;
  }

  @SubscribeMessage('symbol')
  symbol(): object {
    return { event: 'other', data: Symbol('one') };
  }

  @SubscribeMessage('unwritten')
  unwritten(): object {
    return { toJSON: () => undefined };
  }

  @SubscribeMessage('unreadable')
  unreadable(): Observable<object> {
    const value = {
      get event(): never {
        throw new Error('canary-getter');
      },
    };
    return of(value, { text: 'next' });
  }

  @SubscribeMessage('throws')
  throws(): void {
    throw new Error('canary-secret');
  }

  @SubscribeMessage('rejects')
  async rejects(): Promise<void> {
    await Promise.resolve();
    throw new BadRequestException('No such note');
  }

  @SubscribeMessage('forbids')
  forbids(): void {
    throw new ForbiddenException('Read only', { description: 'canary-internal' });
  }

  @SubscribeMessage('ws-exception')
  wsException(): void {
    throw new WsException('Room is full');
  }

  @SubscribeMessage('ws-exception-of')
  wsExceptionOf(@MessageBody() { error }: ErrorDto): void {
    throw new WsException(JSON.parse(error) as object);
  }

  @SubscribeMessage('http-exception-of')
  httpExceptionOf(@MessageBody() { status }: StatusDto): void {
    throw new HttpException({ message: 'In my words', stack: 'canary' }, status);
  }

  @SubscribeMessage('own-reason')
  ownReason(): void {
    throw new WsSecurityException('FORBIDDEN', 'The room is closed.', { reason: 'ROOM_CLOSED' });
  }

  @SubscribeMessage('own-limit')
  ownLimit(): void {
    throw new WsSecurityException('RATE_LIMITED', 'One report a day.');
  }

  @UseFilters(TeapotFilter)
  @SubscribeMessage('teapot')
  teapot(): void {
    throw new TeapotError();
  }

  @SubscribeMessage('shout')
  shout(@MessageBody('word', Upper) word: string): object {
    return { word };
  }

  @SubscribeMessage('me')
  me(@CurrentPrincipal() principal: Principal, @CurrentConnection() connection: Connection): object {
    connection.push('hello', { to: principal.id });
    return { id: principal.id, path: connection.path };
  }
}
