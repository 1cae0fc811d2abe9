import { type CanActivate, type ExecutionContext, Injectable, ValidationPipe } from '@nestjs/common';
import type { ApplicationConfig } from '@nestjs/core';
import { ValidatedBody } from '../../messages/validated-body.js';

/**
 * Refuses bodies as they were sent. Global pipes come before those of a gateway, and a `ValidationPipe` among them, as
 * applications have it for HTTP, drops what is unknown and converts what is wrong before ours can see it.
 */
@Injectable()
export class UnpreparedBodyGuard implements CanActivate {
  constructor(private readonly bodies: ValidatedBody) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    await this.bodies.check(context);
    return true;
  }
}

/** Pipes of other kinds are there to prepare bodies: what was sent is not what is to be validated then. */
export function preparesNoBodies(config: ApplicationConfig): boolean {
  const pipes = config.getGlobalPipes();
  return pipes.length > 0 && pipes.every((pipe) => pipe instanceof ValidationPipe);
}
