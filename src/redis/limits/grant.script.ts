import { defineScript } from '../link/script.js';
import { SERVER_TIME, timed } from '../timed-script.js';

/** A grant lives this part of its window at least, and ten times as long while most of the budget is free. */
export const LIVES_PER_WINDOW = 40;
export const LONGEST_LIFE = 10;

/**
 * Lends budget to a node, for many windows in one call. A grant counts from now until `ttl` after its end, so that at the
 * last hit of any window all hits of that window are counted.
 *
 * ARGV: node, notAfter, a JSON list of numbers: that of the call; for each window limit, ttl, what is wanted, what is
 * needed at least, how many grants of this node have ended; for each of those its call and in how many parts it was
 * spent; for each part how much, and the time of its last hit. From then on the parts are stored instead of the grant,
 * without an id.
 * Answers for each window the amount and the life of the grant, or 0 and the milliseconds until there may be one.
 */
const BODY = `
local told = cjson.decode(ARGV[3])
local reply, i = {now}, 2
for w = 1, #KEYS do
  local limit, ttl, want, need, ended = told[i], told[i + 1], told[i + 2], told[i + 3], told[i + 4]
  i = i + 5
  local reports = {}
  for _ = 1, ended do
    local parts = {}
    for part = 1, told[i + 1] do parts[part] = {told[i + 2 * part], told[i + 2 * part + 1]} end
    reports[ARGV[1] .. ':' .. told[i]] = parts
    i = i + 2 + 2 * #parts
  end

  local life = math.floor(ttl / ${LIVES_PER_WINDOW})
  local latest = now + 1 + ${LONGEST_LIFE} * life
  local stored = redis.call('GET', KEYS[w])
  local list = stored and cmsgpack.unpack(stored) or {}
  local grants, sum = {}, 0
  local function count(ends, id, amount)
    if ends + ttl <= now then return end
    grants[#grants + 1] = {ends, id, amount}
    sum = sum + amount
  end
  for g = 1, #list, 3 do
    -- One that ends later than any can was lent before the clock went back.
    local ends, id = math.min(list[g], latest), list[g + 1]
    local report = reports[id]
    if report then
      for _, part in ipairs(report) do count(math.min(ends, part[2]), '', part[1]) end
    else
      count(ends, id, list[g + 2])
    end
  end
  table.sort(grants, function(a, b)
    if a[1] ~= b[1] then return a[1] < b[1] end
    if a[2] ~= b[2] then return a[2] < b[2] end
    return a[3] < b[3]
  end)

  local free, quantum = limit - sum, math.max(1, math.floor(limit / ${LIVES_PER_WINDOW}))
  local lent, life_or_wait = 0, 0
  if want > 0 and free >= math.max(need, math.min(quantum, want)) then
    lent = math.min(want, free, math.max(need, quantum, math.ceil(free / 2)))
    local share = math.min(1, math.max(0, ((free - lent) / limit - 0.05) / 0.1))
    life_or_wait = math.max(life, math.floor(${LONGEST_LIFE} * life * share))
    grants[#grants + 1] = {now + 1 + life_or_wait, ARGV[1] .. ':' .. told[1], lent}
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
