import { z } from 'zod';

const NOTE_LENGTH = 500;
/** Of a parameter or a member, unless it has a limit of its own. */
export const TEXT_LENGTH = 1024;
const REASON_BYTES = 123;
const PAGE = 50;
const MOST = 100;

const text = (most = TEXT_LENGTH): z.ZodType<string, string> =>
  z
    .string({ error: 'must be a text' })
    .min(1, { error: 'must not be empty' })
    .max(most, { error: `must have at most ${most} characters` });

const nullable = (): z.ZodType<string | null, string | null> => text().nullable();

const limit = z
  .string()
  .regex(/^\d{1,3}$/)
  .transform(Number)
  .pipe(z.number().min(1).max(MOST))
  .catch(Number.NaN)
  .refine((value) => !Number.isNaN(value), { error: `must be from 1 to ${MOST}` });

/** The members of every query of a list. */
const paged = { limit: limit.optional().default(PAGE), cursor: text().optional() };

/** Why something is done. */
export const NOTE = z
  .string({ error: `must have 1 to ${NOTE_LENGTH} characters` })
  .max(NOTE_LENGTH, { error: `must have 1 to ${NOTE_LENGTH} characters` })
  .refine((value) => value.trim() !== '', { error: `must have 1 to ${NOTE_LENGTH} characters` });

const until = z
  .int({ error: 'must be a time in epoch milliseconds' })
  .min(1e11, { error: 'must be a time in epoch milliseconds' });

const query = z.strictObject;
const dryRun = { dryRun: z.string().optional() };

export const NO_QUERY = query({});
export const DRY_RUN_QUERY = query(dryRun);
export const PAGE_QUERY = query(paged);
export const CONNECTIONS_QUERY = query({
  ...paged,
  user: text().optional(),
  issuer: z.string().max(TEXT_LENGTH).optional(),
  address: text().optional(),
  room: text().optional(),
  path: text().optional(),
});
export const ROOMS_QUERY = query({
  ...paged,
  // The name of a room, which may be empty.
  cursor: z.string().max(TEXT_LENGTH).optional(),
  prefix: z.string().max(TEXT_LENGTH).optional(),
});
export const REVOCATIONS_QUERY = query({
  ...paged,
  kind: z.enum(['user', 'session', 'token'], { error: 'must be user, session or token' }).optional(),
  user: text().optional(),
});
export const BANS_QUERY = query({ ...paged, user: text().optional(), address: text().optional() });
export const REFUSALS_QUERY = query({
  window: z
    .string()
    .regex(/^\d{1,6}$/)
    .transform(Number)
    .pipe(z.number().min(60_000).max(900_000))
    .catch(Number.NaN)
    .refine((value) => !Number.isNaN(value), { error: 'must be from 60000 to 900000 milliseconds' })
    .optional()
    .default(900_000),
});
export const EVENTS_QUERY = query({
  type: text().optional(),
  user: text().optional(),
  address: text().optional(),
  lastEventId: z.string().max(4096).optional(),
});

const closing = {
  note: NOTE,
  code: z
    .union([z.literal(1012), z.literal(4401), z.literal(4403), z.literal(4440)], {
      error: 'must be 4403, 4401, 4440 or 1012',
    })
    .default(4403),
  reason: z
    .string()
    .refine((value) => Buffer.byteLength(value) <= REASON_BYTES, {
      error: `must have at most ${REASON_BYTES} bytes`,
    })
    .default('disconnected'),
};

export const DISCONNECT_BODY = z.strictObject(closing);
export const DISCONNECT_USER_BODY = z.strictObject({
  ...closing,
  user: text(),
  issuer: nullable().optional(),
});
export const NOTE_BODY = z.strictObject({ note: NOTE });
export const DRAIN_BODY = z.strictObject({
  note: NOTE,
  node: text(),
  percent: z.int({ error: 'must be from 1 to 100' }).min(1, { error: 'must be from 1 to 100' }).max(100, {
    error: 'must be from 1 to 100',
  }),
});

const ONE_TARGET =
  'must name exactly one target, with all of its members: user and issuer (null without one)';
const user = { user: text(), issuer: nullable() };

export const REVOCATION_BODY = z.union(
  [
    z.strictObject({ note: NOTE, until: until.optional(), ...user }),
    z.strictObject({ note: NOTE, until: until.optional(), session: text() }),
    z.strictObject({ note: NOTE, until: until.optional(), token: text() }),
    z.strictObject({ note: NOTE, until: until.optional(), connection: text() }),
  ],
  { error: `${ONE_TARGET}, session, token, or connection` },
);
export const BAN_BODY = z.union(
  [z.strictObject({ note: NOTE, until, ...user }), z.strictObject({ note: NOTE, until, address: text() })],
  { error: `${ONE_TARGET}, or address; and until, when the ban ends` },
);
