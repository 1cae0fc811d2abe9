import type { CanActivate, Type } from '@nestjs/common';

/** Where an event goes, and who is asked before. */
export interface EventTarget {
  readonly gateway: Type;
  // oxlint-disable-next-line typescript/no-unsafe-function-type -- what Nest calls a handler
  readonly handler: Function;
  /** The built-in guards, or what took their places. */
  readonly guards: BuiltInGuards;
}

export interface BuiltInGuards {
  readonly authentication: CanActivate;
  readonly throttler: CanActivate;
  readonly authorization: CanActivate;
}
