import { SECRET } from './tokens.js';

/** Environment of a service whose limits on how often and how much are out of the way: only what is sent counts. */
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
