import { type CanActivate, type ExecutionContext, ForbiddenException, Injectable } from '@nestjs/common';
import type { AuthenticatedRequest } from './bearer.guard.js';

/** Accepts administrators only. `BearerGuard` must run before. */
@Injectable()
export class AdminGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const { principal } = context.switchToHttp().getRequest<AuthenticatedRequest>();
    if (!principal.roles.includes('admin')) throw new ForbiddenException();
    return true;
  }
}
