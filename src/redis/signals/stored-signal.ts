import { z } from 'zod';
import type { ClusterSignal, KickSignal, RightsSignal } from '../../nodes/cluster-signals.js';
import { MalformedEntryError } from '../malformed-entry.error.js';

const issuer = z.string().nullable();

const KICK: z.ZodType<KickSignal> = z.object({
  type: z.literal('kick'),
  id: z.string(),
  issuer: issuer.exactOptional(),
  reason: z.string().exactOptional(),
});

export const RIGHTS: z.ZodType<RightsSignal> = z.object({
  type: z.literal('rights'),
  id: z.string(),
  issuer,
  roles: z.array(z.string()),
  scopes: z.array(z.string()),
});

const KINDS: Readonly<Record<string, z.ZodType<ClusterSignal>>> = { kick: KICK, rights: RIGHTS };

/** A signal of any kind, and the sender's number for it. */
export const SIGNAL_BODY = z.tuple([z.number(), z.looseObject({ type: z.string() })], z.unknown());

/** For whom the answer is, to which number, and how many connections were reached. */
export const REACHED_BODY = z.tuple([z.string(), z.number(), z.number()], z.unknown());

/**
 * The signal, if it is of a kind that this version knows.
 *
 * @throws MalformedEntryError when it is, and lacks something
 */
export function knownSignal(signal: { readonly type: string }): ClusterSignal | undefined {
  const shape = Object.hasOwn(KINDS, signal.type) ? KINDS[signal.type] : undefined;
  if (!shape) return undefined;
  const read = shape.safeParse(signal);
  if (!read.success) throw new MalformedEntryError('a signal');
  return read.data;
}
