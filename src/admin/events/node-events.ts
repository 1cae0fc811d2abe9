import { z } from 'zod';
import { COUNT } from '../nodes/answer-shapes.js';
import type { RingEntry } from './event-ring.js';

/** What a node has for listeners. */
export interface NodeEvents {
  /** The number of the oldest event that it remembers. */
  readonly first: number;
  readonly last: number;
  readonly entries: readonly RingEntry[];
}

/** A line feed in the text would begin another event of the stream. */
const LINE = /^\{[^\n\r]*\}$/;

const ENTRY: z.ZodType<RingEntry> = z.object({
  n: COUNT,
  type: z.string(),
  user: z.string().nullable(),
  address: z.string().nullable(),
  text: z.string().regex(LINE),
});

export const NODE_EVENTS: z.ZodType<NodeEvents> = z.object({
  first: COUNT,
  last: COUNT,
  entries: z.array(ENTRY),
});
