import { SCRIPT_START } from '../link/script-start.js';
import { defineScript } from '../link/script.js';

/** Keeps a ticket. `KEYS[1]` is the ticket, `ARGV[3]` whom it is for, `ARGV[4]` milliseconds. */
export const KEEP = defineScript(
  'ticket-keep',
  `${SCRIPT_START}
redis.call('SET', KEYS[1], ARGV[3], 'PX', ARGV[4])
return {now}
`,
);

/**
 * Takes a ticket out, and remembers that until it would have ended. `KEYS[1]` is the ticket. Answers `{now, principal}`,
 * `{now}` when it is not there, or `{now, ''}` when it was taken already.
 */
export const TAKE = defineScript(
  'ticket-take',
  `${SCRIPT_START}
local principal = redis.call('GET', KEYS[1])
if not principal then return {now} end
if principal ~= '' then redis.call('SET', KEYS[1], '', 'KEEPTTL') end
return {now, principal}
`,
);

/** Removes tickets: `KEYS`. */
export const REMOVE = defineScript(
  'ticket-remove',
  `${SCRIPT_START}
for _, ticket in ipairs(KEYS) do redis.call('DEL', ticket) end
return {now}
`,
);

/**
 * Counts a ticket among those of its principal. `KEYS[1]` is their sorted set, by end in microseconds; `ARGV[3]` the
 * ticket, `ARGV[4]` milliseconds until it ends, `ARGV[5]` how many there may be.
 *
 * Answers `{now, surplus}`: the oldest tickets beyond that number.
 */
export const COUNT = defineScript(
  'ticket-count',
  `${SCRIPT_START}
local us = time[1] * 1000000 + time[2]
local function text(value) return string.format('%.0f', value) end
for _, ended in ipairs(redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', text(us))) do
  redis.call('ZREM', KEYS[1], ended)
end
redis.call('ZADD', KEYS[1], text(us + ARGV[4] * 1000), ARGV[3])
local all = redis.call('ZRANGE', KEYS[1], 0, -1)
local last = redis.call('ZRANGE', KEYS[1], -1, -1, 'WITHSCORES')[2]
redis.call('PEXPIREAT', KEYS[1], text(math.ceil(last / 1000)))
local surplus = {}
for i = 1, #all - ARGV[5] do surplus[i] = all[i] end
return {now, surplus}
`,
);

/** Tickets of a principal are no more. `KEYS[1]` is their sorted set; tickets follow from `ARGV[3]` on. */
export const DISCOUNT = defineScript(
  'ticket-discount',
  `${SCRIPT_START}
for i = 3, #ARGV do redis.call('ZREM', KEYS[1], ARGV[i]) end
return {now}
`,
);
