import { type CanActivate, type ExecutionContext, Injectable, ValidationPipe } from '@nestjs/common';
import type { ApplicationConfig } from '@nestjs/core';
import { ValidatedBody } from '../../messages/validated-body.js';

/**
 * Validates bodies before global pipes change them. Nest runs global pipes before those of a gateway. A global
 * `ValidationPipe`, which many applications have for HTTP, drops unknown properties and converts wrong values.
 */
@Injectable()
export class UnpreparedBodyGuard implements CanActivate {
  constructor(private readonly bodies: ValidatedBody) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    await this.bodies.check(context);
    return true;
  }
}

/**
 * Whether all global pipes only validate. Other pipes may prepare bodies, and then the original body must not be
 * validated.
 */
export function preparesNoBodies(config: ApplicationConfig): boolean {
  const pipes = config.getGlobalPipes();
  return pipes.length > 0 && pipes.every((pipe) => pipe instanceof ValidationPipe);
}
