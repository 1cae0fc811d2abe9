import {
  type ArgumentsHost,
  type CanActivate,
  Catch,
  type ExceptionFilter,
  type ExecutionContext,
  ForbiddenException,
  Injectable,
  type NestInterceptor,
  type PipeTransform,
  type Type,
  UseFilters,
  UseGuards,
  UseInterceptors,
  UsePipes,
} from '@nestjs/common';
import { BaseWsExceptionFilter, MessageBody, SubscribeMessage, WsException } from '@nestjs/websockets';
import { IsOptional, IsString } from 'class-validator';
import {
  connectionOf,
  RateLimitedException,
  SecureGateway,
  WsExceptionFilter,
  WsSecurityException,
} from 'nestjs-ws-security';
import { concat, type Observable, of, throwError } from 'rxjs';
import { WebSocket } from 'ws';
import { servedConnectionOf } from '../../src/connection/connection-of.js';

interface RawClient {
  send(text: string): void;
}

const clientIn = (host: ArgumentsHost): RawClient => host.switchToWs().getClient<RawClient>();
const idIn = (host: ArgumentsHost): unknown => host.getArgByIndex<{ id?: unknown }>(3).id;
export const turn = (): Promise<unknown> => new Promise((resolve) => setImmediate(resolve));

const fail = (): never => {
  throw new Error('canary-handler');
};

@Catch()
class Sending implements ExceptionFilter {
  catch(_exception: unknown, host: ArgumentsHost): void {
    clientIn(host).send('{"event":"failed","data":null}');
  }
}

@Catch()
class Answering implements ExceptionFilter {
  catch(_exception: unknown, host: ArgumentsHost): void {
    clientIn(host).send(JSON.stringify({ event: 'failed', data: null, id: idIn(host) }));
  }
}

@Catch()
class AnsweringLater implements ExceptionFilter {
  async catch(_exception: unknown, host: ArgumentsHost): Promise<void> {
    await turn();
    clientIn(host).send(JSON.stringify({ event: 'failed', data: null, id: idIn(host) }));
  }
}

@Catch()
class AnsweringByConnection implements ExceptionFilter {
  catch(_exception: unknown, host: ArgumentsHost): void {
    servedConnectionOf(clientIn(host)).reply('failed', null, idIn(host) as number);
  }
}

@Catch()
class Pushing implements ExceptionFilter {
  catch(_exception: unknown, host: ArgumentsHost): void {
    connectionOf(clientIn(host)).push('failed', null);
  }
}

@Catch()
class Returning implements ExceptionFilter {
  catch(): object {
    return { event: 'failed', data: 'canary-returned' };
  }
}

@Catch()
class Silent implements ExceptionFilter {
  catch(): void {
    // Ignores the exception.
  }
}

@Catch()
class SilentLater implements ExceptionFilter {
  catch(): Promise<unknown> {
    return turn();
  }
}

@Catch()
export class Gated implements ExceptionFilter {
  static gate: Promise<void>;

  catch(): Promise<void> {
    return Gated.gate;
  }
}

@Catch()
class Throwing implements ExceptionFilter {
  catch(): never {
    throw new Error('canary-filter');
  }
}

@Catch()
class Rejecting implements ExceptionFilter {
  async catch(): Promise<never> {
    await turn();
    throw new Error('canary-filter');
  }
}

@Catch()
class Converting implements ExceptionFilter {
  catch(): never {
    throw new WsSecurityException('OVERLOADED', 'Come back later.', { retryAfterMs: 5 });
  }
}

@Catch()
class Delegating extends WsExceptionFilter {
  // oxlint-disable-next-line typescript/no-misused-promises -- as applications have it
  override async catch(exception: unknown, host: ArgumentsHost): Promise<void> {
    await turn();
    // oxlint-disable-next-line promise/valid-params -- no promise
    super.catch(exception, host);
  }
}

@Injectable()
class ThrowingGuard implements CanActivate {
  canActivate(): boolean {
    return fail();
  }
}

@Injectable()
class ThrowingPipe implements PipeTransform {
  transform(value: unknown): unknown {
    return value === undefined || value instanceof WebSocket ? value : fail();
  }
}

@Injectable()
class ThrowingInterceptor implements NestInterceptor {
  intercept(_context: ExecutionContext): Observable<unknown> {
    return fail();
  }
}

class Text {
  @IsOptional()
  @IsString()
  text?: string;
}

export const FAILING = ['throws', 'rejects', 'streams', 'guard', 'pipe', 'interceptor'] as const;

/** A gateway with one filter and a handler for each way to fail. */
export function gatewayOf(path: string, filter: ExceptionFilter | Type<ExceptionFilter>): Type {
  abstract class Handlers {
    @SubscribeMessage('throws')
    throws(): void {
      fail();
    }

    @SubscribeMessage('rejects')
    async rejects(): Promise<void> {
      await turn();
      fail();
    }

    @SubscribeMessage('streams')
    streams(): Observable<never> {
      return throwError(() => new Error('canary-handler'));
    }

    @SubscribeMessage('streams-first')
    streamsFirst(): Observable<number> {
      return concat(
        of(1),
        throwError(() => new Error('canary-handler')),
      );
    }

    @UseGuards(ThrowingGuard)
    @SubscribeMessage('guard')
    guard(): boolean {
      return true;
    }

    @UsePipes(ThrowingPipe)
    @SubscribeMessage('pipe')
    pipe(@MessageBody() body: Text): object {
      return body;
    }

    @UseInterceptors(ThrowingInterceptor)
    @SubscribeMessage('interceptor')
    interceptor(): boolean {
      return true;
    }

    @SubscribeMessage('says')
    says(): never {
      throw new WsException('The room is full.');
    }

    @SubscribeMessage('forbids')
    forbids(): never {
      throw new ForbiddenException();
    }

    @SubscribeMessage('limits')
    limits(): never {
      throw new RateLimitedException(1000);
    }

    @SubscribeMessage('nothing')
    nothing(): void {
      // The request is acknowledged.
    }

    @SubscribeMessage('echo')
    echo(@MessageBody() body: Text): object {
      return body;
    }
  }

  @UseFilters(filter as ExceptionFilter)
  @SecureGateway({ path })
  class OneGateway extends Handlers {}
  return OneGateway;
}

export const FILTERS: readonly [name: string, filter: ExceptionFilter | Type<ExceptionFilter>][] = [
  ['base', new BaseWsExceptionFilter()],
  ['base-class', BaseWsExceptionFilter],
  ['sending', Sending],
  ['answering', Answering],
  ['answering-later', AnsweringLater],
  ['answering-by-connection', AnsweringByConnection],
  ['pushing', Pushing],
  ['returning', Returning],
  ['silent', new Silent()],
  ['silent-later', SilentLater],
  ['throwing', Throwing],
  ['rejecting', Rejecting],
  ['converting', new Converting()],
  ['delegating', Delegating],
  ['own', WsExceptionFilter],
];

export const ANSWERING = new Set(['answering', 'answering-later', 'answering-by-connection']);

/** Has a filter on a method, and one on the class above the gateway decorator. */
@UseFilters(Silent)
@SecureGateway({ path: '/placed' })
export class PlacedGateway {
  @UseFilters(Sending)
  @SubscribeMessage('sending')
  sending(): void {
    fail();
  }

  @SubscribeMessage('silent')
  silent(): void {
    fail();
  }
}

@Catch(ForbiddenException)
class ForForbidden implements ExceptionFilter {
  catch(_exception: unknown, host: ArgumentsHost): void {
    clientIn(host).send('{"event":"forbidden","data":null}');
  }
}

/** Has a filter for one kind of exception, and a subclass with further handlers. */
@UseFilters(ForForbidden)
@SecureGateway({ path: '/chosen' })
class BaseGateway {
  @SubscribeMessage('forbids')
  forbids(): never {
    throw new ForbiddenException();
  }
}

export class ChosenGateway extends BaseGateway {
  @SubscribeMessage('forbids-too')
  forbidsToo(): never {
    throw new ForbiddenException();
  }

  @SubscribeMessage('throws')
  throws(): void {
    fail();
  }
}
