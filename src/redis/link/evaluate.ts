import type { RedisLine } from './redis-line.js';
import type { ScriptArgument } from './redis-port.js';
import { isUnknownScript } from './reply-error.js';
import type { Script } from './script.js';

/** Runs a script by its hash. A server that does not know it is sent the text, with this call only. */
export async function evaluate(
  line: RedisLine,
  script: Script,
  keys: readonly string[],
  args: readonly ScriptArgument[],
  binary = false,
): Promise<unknown> {
  const rest = [keys.length, ...keys, ...args];
  try {
    return await line.call('evalsha', [script.sha, ...rest], binary);
  } catch (error) {
    if (!isUnknownScript(error)) throw error;
    return line.call('eval', [script.text, ...rest], binary);
  }
}
