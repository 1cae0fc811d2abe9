import type { RedisLine } from './redis-line.js';
import type { ScriptArgument } from './redis-port.js';
import { isUnknownScript } from './reply-error.js';
import type { Script } from './script.js';

/** Hashes of the scripts that were sent on a line. */
const sent = new WeakMap<RedisLine, Set<string>>();

/**
 * Runs a script: the first time on a line by its text, so that a slow server needs to answer once only, then by its hash.
 * A server that has forgotten it, or another one of a Cluster, is sent the text again, with this call only.
 */
export async function evaluate(
  line: RedisLine,
  script: Script,
  keys: readonly string[],
  args: readonly ScriptArgument[],
  binary = false,
): Promise<unknown> {
  const rest = [keys.length, ...keys, ...args];
  if (isNew(line, script)) return line.call('eval', [script.text, ...rest], binary);
  try {
    return await line.call('evalsha', [script.sha, ...rest], binary);
  } catch (error) {
    if (!isUnknownScript(error)) throw error;
    return line.call('eval', [script.text, ...rest], binary);
  }
}

function isNew(line: RedisLine, { sha }: Script): boolean {
  const hashes = sent.get(line) ?? new Set<string>();
  sent.set(line, hashes);
  if (hashes.has(sha)) return false;
  hashes.add(sha);
  return true;
}
