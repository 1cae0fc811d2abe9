import { SECRET } from './tokens.js';

/** The environment of a service with rate limits and budgets too high to matter. */
export const UNLIMITED: NodeJS.ProcessEnv = {
  WS_JWT_SECRET: SECRET,
  WS_RATE_LIMIT: '100000',
  WS_CONNECT_RATE_LIMIT: '100000',
  WS_AUTH_FAILURE_LIMIT: '100000',
  WS_MAX_CONNECTIONS_PER_USER: '1000',
  WS_FRAME_RATE: '100000',
  WS_FRAME_BURST: '100000',
  WS_BYTE_RATE: '1000000000',
  WS_STRIKE_LIMIT: '100000',
};
