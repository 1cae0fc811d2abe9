/**
 * How every script begins: `now` is the server's time in whole milliseconds, and a script that comes too late does
 * nothing. `count(text)` reads a number that scripts have stored: nil for what cannot be one, such as `inf` and `nan`, which
 * nothing could exceed.
 */
export const SCRIPT_START = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
if ARGV[2] ~= '' and now > tonumber(ARGV[2]) then return {now} end
local function count(text)
  local value = tonumber(text)
  return value and value >= 0 and value <= 9007199254740991 and value or nil
end
`;
