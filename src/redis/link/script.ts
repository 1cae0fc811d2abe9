import { createHash } from 'node:crypto';

/**
 * A Lua script for Redis. Its text never changes while a node runs.
 *
 * @internal
 */
export interface Script {
  /** What it is called in events and measurements. */
  readonly name: string;
  readonly text: string;
  /** SHA-1 of the text, hex: what EVALSHA knows it by. */
  readonly sha: string;
}

/**
 * Makes a script of its text. Every script finds the node's id in `ARGV[1]` and in `ARGV[2]` the last moment, by the
 * server's clock in milliseconds, at which it may still do its work. Its reply is a list that begins with the server's
 * time in milliseconds; a script that comes too late does nothing and answers `{now}`.
 *
 * @internal
 */
export function defineScript(name: string, text: string): Script {
  return { name, text, sha: createHash('sha1').update(text).digest('hex') };
}
