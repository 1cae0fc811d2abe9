import { type ArgumentsHost, Catch, type ExceptionFilter, type Type } from '@nestjs/common';
import { MetadataScanner } from '@nestjs/core';
import { EXCEPTION_FILTERS_METADATA, MESSAGE_MAPPING_METADATA } from '../../nest/metadata-keys.js';
import { InboundMessage, MESSAGE_ARGUMENT } from '../../messages/inbound-message.js';
import { WsExceptionFilter } from '../../messages/ws-exception.filter.js';

const fallback = new WsExceptionFilter();

/** The only filter of a handler that Nest calls. It calls the filters of the application. */
@Catch()
class WsFilterChain implements ExceptionFilter {
  catch(exception: unknown, host: ArgumentsHost): void {
    const message: unknown = host.getArgByIndex(MESSAGE_ARGUMENT);
    if (message instanceof InboundMessage && message.filters)
      message.filters.handle(exception, host, message);
    // The application has not started yet.
    else fallback.catch(exception, host);
  }
}

// Without state, because several applications may use the same classes.
const chain = new WsFilterChain();

const scanner = new MetadataScanner();

/** Adds the chain to every handler so that Nest calls it first. Must run before Nest reads the filters. */
export function chainFilters(gateway: Type<Record<string, object>>): void {
  for (const name of scanner.getAllMethodNames(gateway.prototype)) {
    const handler = gateway.prototype[name] as object;
    if (!Reflect.hasMetadata(MESSAGE_MAPPING_METADATA, handler)) continue;
    // Nest calls the last one first.
    Reflect.defineMetadata(EXCEPTION_FILTERS_METADATA, [...boundOn(handler), chain], handler);
  }
}

/** The filters that `@UseFilters()` bound on a class or method. */
export function boundOn(target: object): readonly unknown[] {
  const filters = (Reflect.getMetadata(EXCEPTION_FILTERS_METADATA, target) ?? []) as readonly unknown[];
  return filters.filter((filter) => filter !== chain);
}
