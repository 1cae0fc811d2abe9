import { Injectable } from '@nestjs/common';

/** A part that an application may leave out, although there are settings for it. */
export type OptionalPart = 'metrics endpoint' | 'operator API' | 'redis';

/** The parts that the application has. Each enters itself when it is created. */
@Injectable()
export class MountedParts {
  private readonly parts = new Set<OptionalPart>();

  add(part: OptionalPart): void {
    this.parts.add(part);
  }

  has(part: OptionalPart): boolean {
    return this.parts.has(part);
  }
}
