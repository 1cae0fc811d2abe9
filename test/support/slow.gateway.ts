import { AsyncLocalStorage } from 'node:async_hooks';
import { type CanActivate, Injectable } from '@nestjs/common';
import { MessageBody, SubscribeMessage } from '@nestjs/websockets';
import { IsInt } from 'class-validator';
import { SecureGateway } from 'nestjs-ws-security';
import { NEVER, Observable, of } from 'rxjs';

class NumberDto {
  @IsInt()
  n!: number;
}

const context = new AsyncLocalStorage<{ n: unknown }>();

/** Changes the async context with enterWith(), like some libraries. */
@Injectable()
class LeavingGuard implements CanActivate {
  canActivate(): boolean {
    const before = context.getStore();
    context.enterWith({ n: before });
    return true;
  }
}

@SecureGateway({ path: '/ws', guards: [LeavingGuard] })
export class SlowGateway {
  static running = 0;
  static most = 0;
  static listening = 0;
  static begun = 0;
  static waiting: (() => void)[] = [];
  /** Whether calls wait until the test releases them. */
  static isClosed = true;

  @SubscribeMessage('slow')
  async slow(@MessageBody() { n }: NumberDto): Promise<number> {
    SlowGateway.most = Math.max(SlowGateway.most, ++SlowGateway.running);
    if (SlowGateway.isClosed) await new Promise<void>((resolve) => SlowGateway.waiting.push(resolve));
    else await new Promise<void>((resolve) => setImmediate(resolve));
    SlowGateway.running--;
    return n;
  }

  @SubscribeMessage('context')
  async context(): Promise<unknown> {
    await Promise.resolve();
    return { left: context.getStore()?.n ?? 'nothing' };
  }

  @SubscribeMessage('stream')
  stream(): Observable<number> {
    return new Observable((subscriber) => {
      SlowGateway.listening++;
      subscriber.next(1);
      subscriber.add(() => SlowGateway.listening--);
    });
  }

  @SubscribeMessage('late-stream')
  async lateStream(): Promise<Observable<number>> {
    await new Promise<void>((resolve) => SlowGateway.waiting.push(resolve));
    return new Observable((subscriber) => {
      SlowGateway.begun++;
      SlowGateway.listening++;
      subscriber.add(() => SlowGateway.listening--);
    });
  }

  @SubscribeMessage('ungraceful')
  ungraceful(): Observable<number> {
    return new Observable((subscriber) => {
      subscriber.next(1);
      subscriber.add(() => {
        throw new Error('canary-teardown');
      });
    });
  }

  @SubscribeMessage('never')
  never(): Observable<never> {
    return NEVER;
  }

  @SubscribeMessage('three')
  three(): Observable<number> {
    return of(1, 2, 3);
  }

  static release(): void {
    SlowGateway.isClosed = false;
    for (const resolve of SlowGateway.waiting.splice(0)) resolve();
  }
}
