import { SetMetadata } from '@nestjs/common';

const ACCESS = 'ws-security:admin-access';

/** What a route needs. */
export type RouteAccess = 'read' | 'write';

/** The route shows something. */
export const Reads = (): MethodDecorator => SetMetadata(ACCESS, 'read' satisfies RouteAccess);

/** The route changes something. */
export const Writes = (): MethodDecorator => SetMetadata(ACCESS, 'write' satisfies RouteAccess);

/** A route that says nothing needs the most. */
export function accessOf(handler: object): RouteAccess {
  return (Reflect.getMetadata(ACCESS, handler) as RouteAccess | undefined) ?? 'write';
}
