import { createHash } from 'node:crypto';

/** A Lua script. */
export interface Script {
  readonly name: string;
  readonly text: string;
  /** What `EVALSHA` calls it by. */
  readonly sha: string;
}

export function defineScript(name: string, text: string): Script {
  return Object.freeze({ name, text, sha: createHash('sha1').update(text).digest('hex') });
}
