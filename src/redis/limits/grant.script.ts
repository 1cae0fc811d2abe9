import { defineScript } from '../link/script.js';
import { SERVER_TIME, timed } from '../timed-script.js';

/** A grant lives this part of its window at least, and ten times as long while most of the budget is free. */
export const LIVES_PER_WINDOW = 40;
export const LONGEST_LIFE = 10;

/**
 * Lends budget to a node, for many windows in one call. A grant counts from now until `ttl` after its end, so that at the
 * last hit of any window all hits of that window are counted.
 *
 * ARGV: node, notAfter, number of the call; for each window limit, ttl, what is wanted, what is needed at least, how many
 * grants of this node have ended, and for each of those its call, what was not spent, and the time of its last hit.
 * Answers for each window the amount and the life of the grant, or 0 and the milliseconds until there may be one.
 */
const BODY = `
local reply, i = {now}, 4
for w = 1, #KEYS do
  local limit, ttl = tonumber(ARGV[i]), tonumber(ARGV[i + 1])
  local want, need, ended = tonumber(ARGV[i + 2]), tonumber(ARGV[i + 3]), tonumber(ARGV[i + 4])
  i = i + 5
  local reports = {}
  for _ = 1, ended do
    reports[ARGV[1] .. ':' .. ARGV[i]] = {unspent = tonumber(ARGV[i + 1]), last = tonumber(ARGV[i + 2])}
    i = i + 3
  end

  local life = math.floor(ttl / ${LIVES_PER_WINDOW})
  local latest = now + 1 + ${LONGEST_LIFE} * life
  local stored = redis.call('GET', KEYS[w])
  local list = stored and cmsgpack.unpack(stored) or {}
  local grants, sum = {}, 0
  for g = 1, #list, 3 do
    -- One that ends later than any can was lent before the clock went back.
    local ends, id, amount = math.min(list[g], latest), list[g + 1], list[g + 2]
    local report = reports[id]
    if report then
      ends = math.min(ends, report.last)
      amount = amount - report.unspent
    end
    if ends + ttl > now and amount > 0 then
      grants[#grants + 1] = {ends, id, amount}
      sum = sum + amount
    end
  end
  table.sort(grants, function(a, b) return a[1] < b[1] or (a[1] == b[1] and a[2] < b[2]) end)

  local free, quantum = limit - sum, math.max(1, math.floor(limit / ${LIVES_PER_WINDOW}))
  local lent, life_or_wait = 0, 0
  if want > 0 and free >= math.max(need, math.min(quantum, want)) then
    lent = math.min(want, free, math.max(need, quantum, math.ceil(free / 2)))
    local share = math.min(1, math.max(0, ((free - lent) / limit - 0.15) / 0.45))
    life_or_wait = math.max(life, math.floor(${LONGEST_LIFE} * life * share))
    grants[#grants + 1] = {now + 1 + life_or_wait, ARGV[1] .. ':' .. ARGV[3], lent}
  elseif want > 0 then
    life_or_wait = ttl
    for _, grant in ipairs(grants) do
      free = free + grant[3]
      life_or_wait = grant[1] + ttl - now
      if free >= math.max(need, quantum) then break end
    end
  end

  if #grants == 0 then
    redis.call('DEL', KEYS[w])
  else
    local flat = {}
    for _, grant in ipairs(grants) do
      for part = 1, 3 do flat[#flat + 1] = grant[part] end
    end
    redis.call('SET', KEYS[w], cmsgpack.pack(flat), 'PX', ttl + ${LONGEST_LIFE} * life + 1)
  end
  reply[#reply + 1] = lent
  reply[#reply + 1] = life_or_wait
end
return reply
`;

/** @param time Lua for the time of the server, microseconds */
export function grantScript(time: string): string {
  return timed(BODY, time);
}

export const GRANT = defineScript('grant', grantScript(SERVER_TIME));
