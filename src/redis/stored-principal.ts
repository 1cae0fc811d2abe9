import { z } from 'zod';
import type { Principal } from '../connection/principal.js';

const text = z.string().nullable();

/** A principal as JSON; it may have properties of its own. */
export const STORED_PRINCIPAL: z.ZodType<Principal> = z.looseObject({
  id: text,
  issuer: text,
  kind: z.enum(['anonymous', 'token', 'certificate', 'api-key']),
  roles: z.array(z.string()),
  scopes: z.array(z.string()),
  claims: z.record(z.string(), z.unknown()),
  expiresAt: z.number().nullable(),
  sessionId: text,
});
