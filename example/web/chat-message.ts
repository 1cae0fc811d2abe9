import type { ChatMessage } from '../chat-events.js';

/** The latest time of `Date` (ECMA-262 §21.4.1.1). */
const LATEST_MS = 8.64e15;

/** Validates a message from the network; null if it is invalid. */
export function parseChatMessage(data: unknown): ChatMessage | null {
  if (typeof data !== 'object' || data === null) return null;
  const { room, from, text, at } = data as Record<string, unknown>;
  if (typeof room !== 'string' || typeof from !== 'string' || typeof text !== 'string') return null;
  return typeof at === 'number' && Math.abs(at) <= LATEST_MS ? { room, from, text, at } : null;
}
