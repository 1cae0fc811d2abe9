import {
  type ArgumentsHost,
  type CallHandler,
  Catch,
  type CanActivate,
  type ExceptionFilter,
  type ExecutionContext,
  ForbiddenException,
  Injectable,
  type NestInterceptor,
  UseFilters,
  UseGuards,
  UseInterceptors,
} from '@nestjs/common';
import { Throttle } from '@nestjs/throttler';
import { SubscribeMessage, WsException } from '@nestjs/websockets';
import {
  ForbiddenEventException,
  type ErrorBody,
  SecureGateway,
  WsAuthGuard,
  WsAuthorizationGuard,
  WsExceptionFilter,
  WsRoles,
  WsThrottlerGuard,
} from 'nestjs-ws-security';
import type { Observable } from 'rxjs';

/** Counts its calls and leaves the answer to the module's filter. */
@Catch()
@Injectable()
export class MarkingFilter extends WsExceptionFilter {
  static seen = 0;

  protected override toBody(exception: unknown, event: string | undefined): ErrorBody {
    MarkingFilter.seen++;
    return super.toBody(exception, event);
  }
}

@Catch(ForbiddenException)
class OwnAnswerFilter implements ExceptionFilter {
  catch(_exception: unknown, host: ArgumentsHost): void {
    host
      .switchToWs()
      .getClient<{ send(text: string): void }>()
      .send(JSON.stringify({ event: 'refused', data: null }));
  }
}

@SecureGateway({ path: '/filtered' })
export class FilteredGateway {
  @UseFilters(MarkingFilter)
  @WsRoles('admin')
  @SubscribeMessage('one')
  admin(): string {
    return 'admin';
  }
}

@Injectable()
export class HttpThrowingGuard extends WsAuthorizationGuard {
  protected override isAllowed(): boolean {
    throw new ForbiddenException('canary-tenant');
  }
}

@Injectable()
export class WsThrowingGuard extends WsAuthorizationGuard {
  protected override isAllowed(): boolean {
    throw new WsException('The tenant is suspended.');
  }
}

@Injectable()
export class LateAuthorizationGuard extends WsAuthorizationGuard {
  protected override isAllowed(): boolean {
    return Promise.resolve(false) as unknown as boolean;
  }
}

@Injectable()
export class LateAuthGuard extends WsAuthGuard {
  protected override isAuthenticated(): boolean {
    return Promise.resolve(false) as unknown as boolean;
  }
}

/** One limit for all users, by a step that is a field. */
@Injectable()
export class FieldThrottlerGuard extends WsThrottlerGuard {
  protected override getTracker = (): Promise<string> => Promise.resolve('everybody');
}

export function gatewayOf(path: string, guard: new (...args: never[]) => CanActivate): new () => object {
  @SecureGateway({ path, guards: [guard as never] })
  class OneGateway {
    @Throttle({ default: { limit: 1, ttl: 60_000 } })
    @SubscribeMessage('one')
    one(): boolean {
      return true;
    }

    @SubscribeMessage('often')
    often(): boolean {
      return true;
    }
  }
  return OneGateway;
}

export const asked: string[] = [];

@Injectable()
class EarlyGuard implements CanActivate {
  canActivate(): boolean {
    asked.push('bound');
    return true;
  }
}

@Injectable()
class NamedGuard implements CanActivate {
  canActivate(): boolean {
    asked.push('named');
    return true;
  }
}

@SecureGateway({ path: '/above', guards: [NamedGuard] })
@UseGuards(EarlyGuard)
@UseFilters(OwnAnswerFilter)
export class AboveGateway {
  @SubscribeMessage('guarded')
  guarded(): boolean {
    return true;
  }

  @SubscribeMessage('refuses')
  refuses(): never {
    throw new ForbiddenException();
  }
}

@Injectable()
export class PassingInterceptor implements NestInterceptor {
  intercept(_context: ExecutionContext, next: CallHandler): Observable<unknown> {
    return next.handle();
  }
}

export class Slow {
  static running = 0;
  static most = 0;

  static async work(): Promise<number> {
    Slow.most = Math.max(Slow.most, ++Slow.running);
    await new Promise((resolve) => setImmediate(resolve));
    return Slow.running--;
  }
}

@SecureGateway({ path: '/slow' })
export class SlowGateway {
  @SubscribeMessage('slow')
  slow(): Promise<number> {
    return Slow.work();
  }
}

@SecureGateway({ path: '/slow-method' })
export class SlowMethodGateway {
  @UseInterceptors(PassingInterceptor)
  @SubscribeMessage('slow')
  slow(): Promise<number> {
    return Slow.work();
  }
}

@UseInterceptors(PassingInterceptor)
@SecureGateway({ path: '/intercepted' })
export class InterceptedGateway {
  @SubscribeMessage('slow')
  slow(): Promise<number> {
    return Slow.work();
  }

  @SubscribeMessage('forbids')
  async forbids(): Promise<never> {
    await new Promise((resolve) => setImmediate(resolve));
    throw new ForbiddenEventException();
  }
}
