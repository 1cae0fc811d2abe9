/**
 * Lua: `append(keys, name, node, n, kind, body, limits)` writes an entry to a stream and answers its number. `keys` are
 * the stream and the hash of what was sent; `name` is `control` or `bus`. `limits` are how long entries are kept and how
 * many, how many bytes of them, and when a stream without a writer is forgotten: `{ms, count, bytes, expiry}`, 0 for
 * without a limit. Needs `SCRIPT_START`.
 *
 * Bytes are counted by the bodies. `b` in an entry is what the stream had got with it, so the difference between two
 * entries is what lies between them; `low` in the hash is at most the `b` of the first entry, and spares reading it.
 */
export const APPEND = `
local function append(keys, name, node, n, kind, body, limits)
  local stream, sent = keys[1], keys[2]
  local known = redis.call('HMGET', sent, name .. ':g', name .. ':b', name .. ':low')
  local g, b, low = (count(known[1]) or 0) + 1, (count(known[2]) or 0) + #body, count(known[3]) or 0
  local text = string.format
  local trim = {'MAXLEN', '~', limits[2]}
  if limits[1] > 0 then trim = {'MINID', '~', text('%.0f', math.max(0, now - limits[1]))} end
  redis.call('XADD', stream, trim[1], trim[2], trim[3], '*', 'f', node, 'n', n,
    'g', text('%.0f', g), 'b', text('%.0f', b), 'k', kind, 'd', body)
  -- The rest is for the next call.
  for _ = 1, 1000 do
    if b - low <= limits[3] then break end
    local first = redis.call('XRANGE', stream, '-', '+', 'COUNT', 1)[1]
    if not first then break end
    for i = 1, #first[2], 2 do
      if first[2][i] == 'b' then low = count(first[2][i + 1]) or b end
    end
    -- The last one stays, however large it is.
    if b - low <= limits[3] or low >= b then break end
    local ms, sequence = string.match(first[1], '^(%d+)-(%d+)$')
    redis.call('XTRIM', stream, 'MINID', '=', ms .. '-' .. text('%.0f', tonumber(sequence) + 1))
  end
  redis.call('HSET', sent, name .. ':g', text('%.0f', g), name .. ':b', text('%.0f', b),
    name .. ':low', text('%.0f', low), name .. ':n:' .. node, n)
  redis.call('PEXPIRE', sent, 86400000)
  redis.call('PEXPIRE', stream, limits[4])
  return g
end
`;
