import { z } from 'zod';
import type { ConnectionDetail, ConnectionSummary } from '../contract/connections.interface.js';
import { COUNT, MOMENT } from '../nodes/answer-shapes.js';

const SUMMARY = {
  id: z.string(),
  node: z.string(),
  user: z.string().nullable(),
  issuer: z.string().nullable(),
  kind: z.string(),
  source: z.string().nullable(),
  address: z.string(),
  path: z.string(),
  openedAt: MOMENT,
  lastSeenAt: MOMENT,
  bufferedBytes: COUNT,
};

/** A newer version may know further kinds of principals and sources of credentials, which are only shown. */
export const CONNECTION_SUMMARY = z.object(SUMMARY) as unknown as z.ZodType<ConnectionSummary>;

export const CONNECTION_DETAIL = z.object({
  ...SUMMARY,
  startedAt: MOMENT,
  expiresAt: MOMENT.nullable(),
  roles: z.array(z.string()),
  scopes: z.array(z.string()),
  session: z.string().nullable(),
  protocol: z.string(),
  rooms: z.array(z.string()),
  roomCount: COUNT,
  inFlight: COUNT,
  queued: COUNT,
  isPaused: z.boolean(),
  maxBufferedBytes: COUNT,
  strikes: z.object({ count: COUNT, limit: COUNT, ttlMs: COUNT }),
  budgets: z.array(
    z.object({
      throttler: z.string(),
      scope: z.string(),
      remaining: z.number().nullable(),
      limit: COUNT,
      ttlMs: COUNT,
      retryAfterMs: COUNT,
    }),
  ),
}) as unknown as z.ZodType<ConnectionDetail>;
