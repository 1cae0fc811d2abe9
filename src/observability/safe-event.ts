import { writtenOut } from '../faults/written-out.js';
import type { SecurityEvent } from './security-event.js';

/** The longest text in an event that is written. */
export const MAX_TEXT = 200;
/** The most entries of a list. */
export const MAX_ENTRIES = 32;

/** A copy of an event that no output can break: texts and lists are bounded, and unsafe characters are written out. */
export function safeEvent(event: SecurityEvent): SecurityEvent {
  return safe(event) as SecurityEvent;
}

function safe(value: unknown): unknown {
  if (typeof value === 'string') return safeText(value);
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.slice(0, MAX_ENTRIES).map(safe);
  const entries = Object.entries(value).filter(([, part]) => part !== undefined);
  return Object.fromEntries(entries.map(([name, part]) => [safeText(name), safe(part)]));
}

function safeText(text: string): string {
  return writtenOut(text, MAX_TEXT);
}
