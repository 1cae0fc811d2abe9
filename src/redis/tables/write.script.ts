import { SCRIPT_START } from '../link/script-start.js';
import { defineScript } from '../link/script.js';
import { APPEND } from '../streams/append.js';
import { CONTROL_LIMITS } from '../streams/stream-limits.js';

const { keepMs, maxEntries, maxBytes, expiryMs } = CONTROL_LIMITS;
const LIMITS = [keepMs, maxEntries, maxBytes, expiryMs];

/**
 * Writes rows of a table, and tells the stream of changes what is other than before.
 *
 * `KEYS` are the hash of rows, the sorted set of their ends, the stream and the hash of what was sent. `ARGV[3]` is the
 * table; `ARGV[4]` the version that the node knows; `ARGV[5]` for how many milliseconds a row without an end is
 * remembered. Five arguments follow for each row: field, version, mark, end, payload.
 *
 * - a row that is written back has all of them, and is joined with the stored one
 * - a new row has no version. Its end is relative except for `revoked`; the payload of `banned` is its end
 * - the mark `lift` lifts what is stored; the end is that of the row as the node knows it, or empty
 *
 * Answers `{now, version, rows}`. `rows` alternates fields and rows: the new ones and those that differ from what was
 * sent.
 */
export const WRITE = defineScript(
  'write',
  `${SCRIPT_START}${APPEND}
local name, known, longest = ARGV[3], tonumber(ARGV[4]), tonumber(ARGV[5])
local function number(text)
  if text == 'inf' then return math.huge end
  return tonumber(text) or -math.huge
end
local function whole(value) return string.format('%.0f', value) end
local function valid(text)
  local value = tonumber(text)
  return value == value and value or nil
end
-- What no node has written is as good as nothing.
local function read(text)
  local version, mark, ends, payload = string.match(text, '^(%S+) (%S+) (%S+) (.*)$')
  version, mark = count(version), count(mark)
  local moment = name == 'rights' or payload == '' or payload == 'inf' or valid(payload)
  if not version or not mark or not moment or not (ends == 'inf' or valid(ends)) then return nil end
  return {version = version, mark = mark, ends = ends, payload = payload}
end
local function show(row)
  return whole(row.version) .. ' ' .. whole(row.mark) .. ' ' .. row.ends .. ' ' .. row.payload
end
local function later(a, b) return number(b) > number(a) and b or a end
local function with(row, ends) return {version = row.version, mark = row.mark, ends = ends, payload = row.payload} end
local function join(a, b)
  local ends = later(a.ends, b.ends)
  if name == 'rights' then return with(b.version > a.version and b or a, ends) end
  if b.version <= a.mark then return with(a, ends) end
  if a.version <= b.mark then return with(b, ends) end
  return {version = math.max(a.version, b.version), mark = math.max(a.mark, b.mark), ends = ends,
    payload = later(a.payload, b.payload)}
end

local fields = {}
for i = 6, #ARGV, 5 do fields[#fields + 1] = ARGV[i] end
local stored = redis.call('HMGET', KEYS[1], '#', unpack(fields))
local version = count(stored[1]) or 0
local fresh, top = math.max(version + 1, now), math.max(version, known)

local function lift(row, ends)
  if row and row.payload == '' or not row and ends == '' then return row end
  return {version = fresh, mark = fresh, ends = row and later(row.ends, ends) or ends, payload = ''}
end
local function made(row, ends, payload)
  if name ~= 'revoked' then ends = whole(math.ceil(now + ends)) end
  if name == 'banned' then payload = ends end
  local new = {version = fresh, mark = name == 'rights' and now or 0, ends = ends, payload = payload}
  if not row then return new end
  local joined = join(row, new)
  if name ~= 'rights' and joined.payload == row.payload and joined.ends == row.ends then return row end
  return joined
end

local rows, scores, changed, answer = {}, {}, {}, {}
for i, field in ipairs(fields) do
  local at = 1 + 5 * i
  local sent, mark, ends, payload = ARGV[at + 1], ARGV[at + 2], ARGV[at + 3], ARGV[at + 4]
  local before = stored[i + 1]
  local row = before and read(before) or nil
  local told
  if mark == 'lift' then
    row = lift(row, ends)
  elseif sent == '' then
    row = made(row, ends, payload)
  else
    local back = {version = tonumber(sent), mark = tonumber(mark), ends = ends, payload = payload}
    row = row and join(row, back) or back
    told = show(back)
  end
  local text = row and show(row)
  if text and text ~= before then
    rows[#rows + 1] = field
    rows[#rows + 1] = text
    scores[#scores + 1] = whole(math.ceil(math.min(number(row.ends), now + longest)))
    scores[#scores + 1] = field
    top = math.max(top, row.version)
  end
  if text and text ~= told then
    answer[#answer + 1] = field
    answer[#answer + 1] = text
  end
end
if #rows == 0 and top == version then return {now, whole(version), answer} end

redis.call('HSET', KEYS[1], '#', whole(top), unpack(rows))
if #rows > 0 then redis.call('ZADD', KEYS[2], unpack(scores)) end
local last = redis.call('ZRANGE', KEYS[2], -1, -1, 'WITHSCORES')[2]
-- Nodes still have to learn what outlives itself at once.
local expires = whole(math.max(tonumber(last or 0), now + 60000))
redis.call('PEXPIREAT', KEYS[1], expires)
redis.call('PEXPIREAT', KEYS[2], expires)
if #rows == 0 then return {now, whole(top), answer} end

local body = cjson.encode({name, whole(top), unpack(rows)})
-- The number of this node's own messages stays: rows may be told twice.
local n = whole(count(redis.call('HGET', KEYS[4], 'control:n:' .. ARGV[1])) or 0)
append({KEYS[3], KEYS[4]}, 'control', ARGV[1], n, 't', body, {${LIMITS.join(', ')}})
return {now, whole(top), answer}
`,
);
