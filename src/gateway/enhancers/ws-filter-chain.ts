import { type ArgumentsHost, Catch, type ExceptionFilter, type Type } from '@nestjs/common';
import { MetadataScanner } from '@nestjs/core';
import { EXCEPTION_FILTERS_METADATA, MESSAGE_MAPPING_METADATA } from '../../nest/metadata-keys.js';
import { InboundMessage, MESSAGE_ARGUMENT } from '../../messages/inbound-message.js';
import { WsExceptionFilter } from '../../messages/ws-exception.filter.js';

const fallback = new WsExceptionFilter();

/** All filters of a handler as one: Nest asks no other, and this one asks those that the application bound. */
@Catch()
class WsFilterChain implements ExceptionFilter {
  catch(exception: unknown, host: ArgumentsHost): void {
    const message: unknown = host.getArgByIndex(MESSAGE_ARGUMENT);
    if (message instanceof InboundMessage && message.filters)
      message.filters.handle(exception, host, message);
    // Before the application has started.
    // oxlint-disable-next-line promise/valid-params -- no promise
    else fallback.catch(exception, host);
  }
}

// It knows nothing of an application: the classes it is bound on may be those of several.
const chain = new WsFilterChain();

const scanner = new MetadataScanner();

/** Puts the chain before the filters of every handler, before Nest looks at them. */
export function chainFilters(gateway: Type<Record<string, object>>): void {
  for (const name of scanner.getAllMethodNames(gateway.prototype)) {
    const handler = gateway.prototype[name] as object;
    if (!Reflect.hasMetadata(MESSAGE_MAPPING_METADATA, handler)) continue;
    // The last one is asked first.
    Reflect.defineMetadata(EXCEPTION_FILTERS_METADATA, [...boundOn(handler), chain], handler);
  }
}

/** What `@UseFilters()` bound on a class or a method. */
export function boundOn(target: object): readonly unknown[] {
  const filters = (Reflect.getMetadata(EXCEPTION_FILTERS_METADATA, target) ?? []) as readonly unknown[];
  return filters.filter((filter) => filter !== chain);
}
