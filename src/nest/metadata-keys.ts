/*
 * What is known of Nest's inside: keys of metadata, and what only its internal entry points export. Its major versions
 * may differ here.
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

/** What `@UseGuards()`, `@UsePipes()`, `@UseInterceptors()` and `@UseFilters()` write on classes and methods. */
export const GUARDS_METADATA = '__guards__';
export const PIPES_METADATA = '__pipes__';
export const INTERCEPTORS_METADATA = '__interceptors__';
export const EXCEPTION_FILTERS_METADATA = '__exceptionFilters__';

/** What `@Catch()` writes on a filter: the classes of exceptions that it is for. */
export const FILTER_CATCH_EXCEPTIONS = '__filterCatchExceptions__';

/** `WsParamtype.PAYLOAD` of @nestjs/websockets. */
export const PAYLOAD_PARAMTYPE = 3;

/** The name of the error of a provider that injects something request-scoped. */
export const REQUEST_SCOPED_CREATE_EXCEPTION = 'RequestScopedCreateException';
