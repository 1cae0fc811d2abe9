import { z } from 'zod';
import type { Reached } from './nodes-answered.js';
import type { Part } from './part.js';

/** A number of something. */
export const COUNT: z.ZodType<number> = z.number().min(0);

/** Epoch milliseconds. */
export const MOMENT: z.ZodType<number> = z.number();

export const REACHED: z.ZodType<Reached> = z.object({ reached: COUNT });

/** A part of a list. @param item one entry */
export function partShape<T>(item: z.ZodType<T>): z.ZodType<Part<T>> {
  return z.object({ items: z.array(item), more: z.boolean() });
}
