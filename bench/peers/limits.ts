import { SECRET } from '../load/tokens.js';

// The limits count every message but are not reached. The module's maximum is 100,000, and a client cannot send that
// many messages in half a second. Nest's storage scans all hits of the window for each message, so a longer window
// would slow the recipe down.
const RATE_LIMIT = '100000';
const RATE_TTL_MS = '500';

/** The settings of every server. */
export const COMMON = {
  BENCH_SECRET: SECRET,
  BENCH_RATE_LIMIT: RATE_LIMIT,
  BENCH_RATE_TTL_MS: RATE_TTL_MS,
};

/** Limits of the module that are raised to their maximum. */
const RAISED = [
  'WS_CONNECT_RATE_LIMIT',
  'WS_AUTH_FAILURE_LIMIT',
  'WS_MAX_CONNECTIONS',
  'WS_MAX_CONNECTIONS_PER_ADDRESS',
  'WS_MAX_CONNECTIONS_PER_USER',
  'WS_FRAME_RATE',
  'WS_FRAME_BURST',
  'WS_BYTE_RATE',
  'WS_STRIKE_LIMIT',
];
const CANDIDATES = [1e9, 1e8, 1e7, 1e6, 1e5, 1e4, 1000];

interface Definition {
  variable: string;
  schema: { safeParse(value: unknown): { success: boolean } };
}

/** The module's environment for a benchmark. It contains only variables that this version knows. */
export async function securedEnvironment(): Promise<Record<string, string>> {
  const schema = new URL('./options/options.schema.js', import.meta.resolve('nestjs-ws-security'));
  const { OPTIONS } = (await import(schema.href)) as { OPTIONS: Record<string, Definition> };
  const raised = Object.values(OPTIONS)
    .filter(({ variable }) => RAISED.includes(variable))
    .map((definition) => [definition.variable, largest(definition)] as const);
  return {
    ...COMMON,
    WS_JWT_SECRET: SECRET,
    WS_RATE_LIMIT: RATE_LIMIT,
    WS_RATE_TTL_MS: RATE_TTL_MS,
    WS_CONNECT_RATE_TTL_MS: RATE_TTL_MS,
    WS_AUTH_FAILURE_TTL_MS: RATE_TTL_MS,
    ...Object.fromEntries(raised),
  };
}

function largest({ variable, schema }: Definition): string {
  const value = CANDIDATES.map(String).find((candidate) => schema.safeParse(candidate).success);
  if (value === undefined) throw new Error(`${variable} takes none of ${CANDIDATES.join(', ')}`);
  return value;
}
