import { defineScript } from '../link/script.js';
import { SERVER_TIME, timed } from '../timed-script.js';

/**
 * Counts one hit exactly: the times of the accepted ones are a list, in microseconds.
 *
 * KEYS: the list, the end of the block. ARGV: node, notAfter, limit, ttl, block duration, cost.
 * Answers the milliseconds to wait, 0 when the hit was accepted, and whether a block runs.
 */
const BODY = `
local limit, ttl, block, cost = tonumber(ARGV[3]), tonumber(ARGV[4]), tonumber(ARGV[5]), tonumber(ARGV[6])
local function accept(count)
  local time = string.format('%.0f', us)
  while count > 0 do
    local some = {}
    for i = 1, math.min(count, 1000) do some[i] = time end
    redis.call('RPUSH', KEYS[1], unpack(some))
    count = count - #some
  end
end
local function block_for(wait)
  redis.call('SET', KEYS[2], string.format('%.0f', now + wait), 'PX', wait)
end

local ends = tonumber(redis.call('GET', KEYS[2]) or 0)
if ends > now then
  local longest = math.max(ttl, block)
  -- It was set before the clock went back.
  if ends > now + longest then
    ends = now + longest
    block_for(longest)
  end
  return {now, ends - now, 1}
end

if tonumber(redis.call('LINDEX', KEYS[1], -1) or 0) > us then
  -- The clock went back: what was accepted counts from now on.
  local count = redis.call('LLEN', KEYS[1])
  redis.call('DEL', KEYS[1])
  accept(count)
  redis.call('PEXPIRE', KEYS[1], ttl)
end

local leaving = redis.call('LINDEX', KEYS[1], cost - limit - 1)
if leaving and us < tonumber(leaving) + ttl * 1000 then
  local wait = math.ceil((tonumber(leaving) + ttl * 1000 - us) / 1000)
  if block == 0 then return {now, wait, 0} end
  wait = math.max(wait, block)
  block_for(wait)
  return {now, wait, 1}
end

local gone = 0
while gone < 100 + 2 * cost do
  local oldest = redis.call('LINDEX', KEYS[1], gone)
  if not oldest or us < tonumber(oldest) + ttl * 1000 then break end
  gone = gone + 1
end
if gone > 0 then redis.call('LTRIM', KEYS[1], gone, -1) end
accept(cost)
redis.call('PEXPIRE', KEYS[1], ttl)
return {now, 0, 0}
`;

/** @param time Lua for the time of the server, microseconds */
export function exactScript(time: string): string {
  return timed(BODY, time);
}

export const EXACT = defineScript('exact', exactScript(SERVER_TIME));
