import { EventEmitter } from 'node:events';
import type { INestApplication } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import { WsSecurityModule } from 'nestjs-ws-security';

/** The number of elements or listeners by the name of their container. */
export type RetainedCounts = Record<string, number>;

/**
 * Counts the elements of every map, set and list that the providers of the module can reach, and the listeners of
 * every emitter. It walks all members, so it covers code that is added later.
 */
export function countRetained(app: INestApplication): RetainedCounts {
  const counts: RetainedCounts = {};
  const seen = new Set<object>();
  const count = (name: string, more: number): void => void (counts[name] = (counts[name] ?? 0) + more);

  const look = (value: unknown, name: string): void => {
    if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value) || seen.has(value)) return;
    seen.add(value);
    if (value instanceof Map || value instanceof Set || Array.isArray(value)) {
      const elements = [...value.values()] as unknown[];
      count(name, elements.length);
      for (const element of elements) look(element, `${name}[]`);
      return;
    }
    const { name: type } = value.constructor ?? Object;
    if (value instanceof EventEmitter) {
      for (const event of value.eventNames())
        count(`${type} on ${String(event)}`, value.listenerCount(event));
      return;
    }
    for (const [key, member] of Object.entries(value)) look(member, `${type}.${key}`);
  };

  for (const { metatype, providers } of app.get(ModulesContainer).values())
    if (metatype === WsSecurityModule)
      for (const { instance } of providers.values()) look(instance, 'provider');
  return counts;
}
