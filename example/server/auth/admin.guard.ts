import { type CanActivate, type ExecutionContext, ForbiddenException, Injectable } from '@nestjs/common';
import type { AuthenticatedRequest } from './bearer.guard.js';

/** Lets administrators through; who somebody is, `BearerGuard` has found out before. */
@Injectable()
export class AdminGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const { principal } = context.switchToHttp().getRequest<AuthenticatedRequest>();
    if (!principal.roles.includes('admin')) throw new ForbiddenException();
    return true;
  }
}
