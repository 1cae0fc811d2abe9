import { Injectable } from '@nestjs/common';

/** A part that an application may leave out, although there are settings for it. */
export type OptionalPart = 'metrics endpoint' | 'operator API' | 'redis' | 'TLS';

/** The parts that the application has. Each enters itself before the application has started. */
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
