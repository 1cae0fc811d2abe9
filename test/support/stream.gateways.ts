import {
  type CallHandler,
  type ExecutionContext,
  Injectable,
  type NestInterceptor,
  UseInterceptors,
} from '@nestjs/common';
import { MessageBody, SubscribeMessage } from '@nestjs/websockets';
import { IsInt } from 'class-validator';
import { SecureGateway } from 'nestjs-ws-security';
import { concat, map, Observable, of, type Subscriber, throwError } from 'rxjs';

class ChunkDto {
  @IsInt()
  size!: number;
}

/** The subscribed streams, in the order of their start. */
export const open: Subscriber<unknown>[] = [];
export const TOO_MANY = 100_000;
export let emitted = 0;

function endless(): Observable<number> {
  return new Observable((subscriber) => {
    open.push(subscriber);
    subscriber.add(() => open.splice(open.indexOf(subscriber), 1));
    subscriber.next(1);
  });
}

/** Emits synchronously without end, so that other code cannot run. */
function greedy(size: number): Observable<string> {
  return new Observable((subscriber) => {
    for (emitted = 0; emitted < TOO_MANY && !subscriber.closed; emitted++) subscriber.next('x'.repeat(size));
  });
}

@SecureGateway({ path: '/ws' })
export class StreamGateway {
  @SubscribeMessage('endless')
  endless(): Observable<number> {
    return endless();
  }

  @SubscribeMessage('greedy')
  greedy(@MessageBody() { size }: ChunkDto): Observable<string> {
    return greedy(size);
  }

  @SubscribeMessage('patient')
  patient(@MessageBody() { size }: ChunkDto): Observable<string> {
    return new Observable((subscriber) => {
      open.push(subscriber);
      subscriber.add(() => open.splice(open.indexOf(subscriber), 1));
      const emit = (): void => {
        if (subscriber.closed) return;
        subscriber.next('x'.repeat(size));
        setImmediate(emit);
      };
      emit();
    });
  }

  @SubscribeMessage('ungraceful')
  ungraceful(): Observable<number> {
    return new Observable((subscriber) => {
      subscriber.add(() => {
        throw new Error('canary-teardown');
      });
      subscriber.next(1);
      subscriber.complete();
    });
  }

  @SubscribeMessage('once')
  once(): string {
    return 'once';
  }
}

@Injectable()
class Passing implements NestInterceptor {
  intercept(_context: ExecutionContext, next: CallHandler): Observable<unknown> {
    return next.handle().pipe(map((value: unknown) => value));
  }
}

@Injectable()
class Cached implements NestInterceptor {
  intercept(): Observable<unknown> {
    return of('cached');
  }
}

@UseInterceptors(Passing)
@SecureGateway({ path: '/intercepted' })
export class InterceptedGateway {
  @SubscribeMessage('endless')
  endless(): Observable<number> {
    return endless();
  }

  @SubscribeMessage('greedy')
  greedy(@MessageBody() { size }: ChunkDto): Observable<string> {
    return greedy(size);
  }

  @SubscribeMessage('once')
  once(): string {
    return 'once';
  }

  @SubscribeMessage('failing')
  failing(): Observable<number> {
    return concat(
      of(1),
      throwError(() => new Error('canary-late')),
    );
  }

  @SubscribeMessage('later')
  async later(): Promise<string> {
    await new Promise((resolve) => setImmediate(resolve));
    return 'later';
  }

  @SubscribeMessage('nothing')
  nothing(): void {
    // The request is acknowledged.
  }

  @UseInterceptors(Cached)
  @SubscribeMessage('cached')
  cached(): string {
    return 'never asked';
  }

  @SubscribeMessage('one')
  one(): Observable<string> {
    return of('one');
  }

  @SubscribeMessage('ungraceful')
  ungraceful(): Observable<number> {
    return new Observable((subscriber) => {
      subscriber.add(() => {
        throw new Error('canary-teardown');
      });
      subscriber.next(1);
    });
  }

  @SubscribeMessage('two')
  two(): Observable<string> {
    return of('one', 'two');
  }
}
