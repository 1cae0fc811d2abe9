import { defineScript } from '../link/script.js';
import { SERVER_TIME, timed } from '../timed-script.js';

/** What became of a scope in a call. */
export const PlaceOutcome = {
  /** The count is noted. */
  DONE: 1,
  /** There are not so many places. */
  REFUSED: 0,
  /** A later call of this node came first. */
  IGNORED: -1,
  /** This node is not known to live, so its places would not count. */
  UNKNOWN: -2,
} as const;

/** A node says each count again well within this time. */
export const PLACES_KEPT_MS = 90_000;
/** How long a late call is still recognised after the last place was given back. */
const EMPTY_KEPT_MS = 5_000;

/**
 * Takes and gives back places, for many scopes in one call. A node always tells its whole count.
 *
 * KEYS: the nodes, then the scopes. ARGV: node, notAfter, milliseconds after which a silent node is dead; for each scope
 * the serial, the count, and the limit. Without a limit the count is noted in any case; without a serial nothing changes.
 * Answers for each scope the outcome and how many places the other nodes have.
 */
const BODY = `
local live = {}
local beats = redis.call('HGETALL', KEYS[1])
for i = 1, #beats, 2 do
  local beat = tonumber(string.match(beats[i + 1], '^%d+')) or 0
  if now - beat <= tonumber(ARGV[3]) then live[beats[i]] = true end
end

local me, reply, i = ARGV[1], {now}, 4
for k = 2, #KEYS do
  local serial, count, limit = tonumber(ARGV[i]), tonumber(ARGV[i + 1]), tonumber(ARGV[i + 2])
  i = i + 3
  local mine, others, kept, dead = 0, 0, 0, {}
  local fields = redis.call('HGETALL', KEYS[k])
  for f = 1, #fields, 2 do
    local s, c, written = string.match(fields[f + 1], '^(%d+):(%d+):(%d+)$')
    s, c, written = tonumber(s), tonumber(c), tonumber(written)
    if fields[f] == me then
      mine = s
    elseif live[fields[f]] then
      others = others + c
    elseif limit and now - written >= ${PLACES_KEPT_MS} then
      dead[#dead + 1] = fields[f]
    else
      kept = kept + c
    end
  end

  local outcome = ${PlaceOutcome.DONE}
  if serial then
    if mine >= serial then
      outcome = ${PlaceOutcome.IGNORED}
    elseif limit and not live[me] then
      outcome = ${PlaceOutcome.UNKNOWN}
    elseif limit and others + count > limit then
      outcome = ${PlaceOutcome.REFUSED}
    else
      for _, node in ipairs(dead) do redis.call('HDEL', KEYS[k], node) end
      redis.call('HSET', KEYS[k], me, string.format('%.0f:%.0f:%.0f', serial, count, now))
      local isEmpty = count + others + kept == 0
      redis.call('PEXPIRE', KEYS[k], isEmpty and ${EMPTY_KEPT_MS} or ${PLACES_KEPT_MS})
    end
  end
  reply[#reply + 1] = outcome
  reply[#reply + 1] = others
end
return reply
`;

/** @param time Lua for the time of the server, microseconds */
export function placeScript(time: string): string {
  return timed(BODY, time);
}

export const PLACE = defineScript('place', placeScript(SERVER_TIME));
