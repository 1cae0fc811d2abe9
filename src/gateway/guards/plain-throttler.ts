import type { CanActivate, ExecutionContext } from '@nestjs/common';
import { ThrottlerGuard } from '@nestjs/throttler';

/**
 * Leaves Nest's own global `ThrottlerGuard` out of secured gateways. It looks for the request and the response of HTTP,
 * and cannot count messages, which `WsThrottlerGuard` does. Subclasses are asked, because they may know how.
 *
 * @param guards the global guards of the application
 * @param isSecured whether a class is a secured gateway
 */
export function leaveOutPlainThrottlers(
  guards: readonly CanActivate[],
  isSecured: (gateway: object) => boolean,
): void {
  for (const guard of guards) {
    if ((guard as object).constructor !== ThrottlerGuard) continue;
    const ask = guard.canActivate.bind(guard);
    guard.canActivate = (context: ExecutionContext) =>
      (context.getType() === 'ws' && isSecured(context.getClass())) || ask(context);
  }
}
