import { defineScript } from '../link/script.js';
import { SERVER_TIME, timed } from '../timed-script.js';

/**
 * What is left of an exact window, without a hit.
 *
 * KEYS: the list, the end of the block. ARGV: node, notAfter, limit, ttl.
 * Answers the hits that would be accepted, and the milliseconds until one is.
 */
const EXACT_BODY = `
local limit, ttl = tonumber(ARGV[3]), tonumber(ARGV[4])
local ends = tonumber(redis.call('GET', KEYS[2]) or 0)
if ends > now then return {now, 0, ends - now} end
local function counts(n)
  local time = redis.call('LINDEX', KEYS[1], -n)
  return time and us < tonumber(time) + ttl * 1000
end
local counted, beyond = 0, redis.call('LLEN', KEYS[1]) + 1
while beyond - counted > 1 do
  local middle = math.floor((counted + beyond) / 2)
  if counts(middle) then counted = middle else beyond = middle end
end
if counted < limit then return {now, limit - counted, 0} end
local leaving = tonumber(redis.call('LINDEX', KEYS[1], -limit))
return {now, 0, math.max(1, math.ceil((leaving + ttl * 1000 - us) / 1000))}
`;

/**
 * What is left of a window that is lent to nodes, without what this node was lent.
 *
 * KEYS: the window. ARGV: node, notAfter, limit, ttl.
 * Answers what is not lent, and the milliseconds until the next grant leaves.
 */
const LENT_BODY = `
local limit, ttl = tonumber(ARGV[3]), tonumber(ARGV[4])
local stored = redis.call('GET', KEYS[1])
local list = stored and cmsgpack.unpack(stored) or {}
local sum, first = 0, now + ttl
for g = 1, #list, 3 do
  if list[g] + ttl > now then
    sum = sum + list[g + 2]
    first = math.min(first, list[g] + ttl)
  end
end
return {now, math.max(0, limit - sum), math.max(1, first - now)}
`;

export const PEEK_EXACT = defineScript('peek-exact', timed(EXACT_BODY, SERVER_TIME));
export const PEEK_LENT = defineScript('peek-lent', timed(LENT_BODY, SERVER_TIME));
