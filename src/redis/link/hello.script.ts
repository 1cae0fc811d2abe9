import { defineScript } from './script.js';

/**
 * The first call on a new line: changes nothing. Answers the server's time, which run of which server this is, and its
 * role; the latter two are empty where the service does not tell them.
 */
export const HELLO = defineScript(
  'hello',
  `
local time = redis.call('TIME')
local function field(section, name)
  local info = redis.pcall('INFO', section)
  return type(info) == 'string' and string.match(info, name .. ':(%w+)') or ''
end
return {time[1] * 1000 + math.floor(time[2] / 1000), field('server', 'run_id'), field('replication', 'role')}
`,
);

/** The reply of {@link HELLO}. */
export type HelloReply = readonly [now: number, runId: string, role: string];
