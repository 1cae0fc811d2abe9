import { SCRIPT_START } from '../link/script-start.js';
import { defineScript } from '../link/script.js';

/**
 * Leaves a session for another node. KEYS: the session. ARGV after node and notAfter: milliseconds until it is forgotten,
 * whose it is (43 characters), the session.
 */
export const LEAVE_SESSION = defineScript(
  'leave-session',
  `${SCRIPT_START}
redis.call('SET', KEYS[1], ARGV[4] .. ARGV[5], 'PX', ARGV[3])
return {now}
`,
);

/** Takes a session, once. KEYS: the session. ARGV after node and notAfter: whose it has to be. */
export const TAKE_SESSION = defineScript(
  'take-session',
  `${SCRIPT_START}
local found = redis.call('GET', KEYS[1])
if not found or string.sub(found, 1, #ARGV[3]) ~= ARGV[3] then return {now} end
redis.call('DEL', KEYS[1])
return {now, string.sub(found, #ARGV[3] + 1)}
`,
);
