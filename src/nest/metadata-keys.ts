/*
 * Internals of Nest that may change with its major versions: metadata keys, and exports of its internal entry points.
 */
export { SCOPE_OPTIONS_METADATA } from '@nestjs/common/internal';
export type { InstanceWrapper, Module } from '@nestjs/core/internal';
export {
  GATEWAY_METADATA,
  GATEWAY_OPTIONS,
  MESSAGE_MAPPING_METADATA,
  MESSAGE_METADATA,
  PARAM_ARGS_METADATA,
  PORT_METADATA,
} from '@nestjs/websockets/internal';

/** Metadata keys of `@UseGuards()`, `@UsePipes()`, `@UseInterceptors()` and `@UseFilters()`, on classes and methods. */
export const GUARDS_METADATA = '__guards__';
export const PIPES_METADATA = '__pipes__';
export const INTERCEPTORS_METADATA = '__interceptors__';
export const EXCEPTION_FILTERS_METADATA = '__exceptionFilters__';

/** Metadata key of `@Catch()` on a filter: the exception classes. */
export const FILTER_CATCH_EXCEPTIONS = '__filterCatchExceptions__';

/** Metadata key of the `@Inject()` of constructor parameters. Classes inherit it from their base. */
export const SELF_DECLARED_DEPS_METADATA = 'self:paramtypes';

/** `WsParamtype.PAYLOAD` of @nestjs/websockets. */
export const PAYLOAD_PARAMTYPE = 3;

/** The error name for a provider that injects a request-scoped one. */
export const REQUEST_SCOPED_CREATE_EXCEPTION = 'RequestScopedCreateException';
