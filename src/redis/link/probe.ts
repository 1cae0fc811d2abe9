import type { ConfigurationProblem } from '../../errors/configuration.error.js';
import { evaluate } from './evaluate.js';
import { outageText } from './outage-text.js';
import { PROBE, type ProbeReply } from './probe.script.js';
import type { RedisLine, RedisLines } from './redis-line.js';
import { isReply, reasonOfReply, unselectedDatabase } from './reply-error.js';
import { within } from '../../time/deadline.js';

export interface ProbeSettings {
  /** A key that may be written. */
  readonly key: string;
  /** Hashes of nodes of formats that do not go together with this one; keys of one partition. */
  readonly strangers: readonly string[];
  readonly nodeTtlMs: number;
  /** Milliseconds for each step. */
  readonly deadlineMs: number;
}

/** What a service of Redis can do. */
export interface ProbeResult {
  /** What it lacks, and who lives there that this node cannot live with. */
  readonly problems: readonly ConfigurationProblem[];
  /** `maxmemory-policy`, where the service tells it. */
  readonly evictionPolicy: string | undefined;
}

export interface ProbeFailure {
  /** For the log. */
  readonly failure: string;
}

/** Tries everything that the stores need, on a line of its own. @returns why not, when Redis cannot be used now */
export async function probe(lines: RedisLines, settings: ProbeSettings): Promise<ProbeResult | ProbeFailure> {
  const { deadlineMs } = settings;
  let line: RedisLine | undefined;
  try {
    // Throws while files of certificates cannot be read.
    line = lines.open({ onClosed: () => undefined });
    const missing = new Set<string>();
    await within(deadlineMs, opened(line, missing));
    if (missing.size > 0) return { problems: lackProblems(missing), evictionPolicy: undefined };
    const reply = await within(deadlineMs, scripted(line, settings, missing));
    const read = ['COUNT', 1, 'BLOCK', 1, 'STREAMS', settings.key, '$'];
    await within(deadlineMs, attempt(line.call('xread', read, false), 'XREAD BLOCK', missing));
    const info = await within(deadlineMs, line.call('info', ['memory'], false)).catch(() => '');
    return {
      problems: [...lackProblems(missing), ...strangerProblems(reply)],
      evictionPolicy: /^maxmemory_policy:(\S+)/m.exec(String(info))?.[1],
    };
  } catch (error) {
    return { failure: outageText(error) };
  } finally {
    line?.close();
  }
}

/** @throws what is no answer about the database, such as that Redis is away */
async function opened(line: RedisLine, missing: Set<string>): Promise<void> {
  try {
    await line.ready;
  } catch (error) {
    const database = isReply(error) && isLack(error) ? unselectedDatabase(error) : undefined;
    if (database === undefined) throw error;
    missing.add(`database ${database}`);
  }
}

async function scripted(
  line: RedisLine,
  { key, strangers, nodeTtlMs }: ProbeSettings,
  missing: Set<string>,
): Promise<ProbeReply | undefined> {
  const call = evaluate(line, PROBE, [key, ...strangers], ['', '', nodeTtlMs]) as Promise<ProbeReply>;
  const reply = await attempt(call, 'EVALSHA', missing);
  if (!reply) return undefined;
  const [, packs, xaddError] = reply;
  if (packs !== 1) missing.add('cmsgpack in scripts');
  if (xaddError !== '' && isLack(new Error(xaddError))) missing.add('XADD with MINID');
  return reply;
}

/** @throws what is no answer about the command, such as that Redis is away */
async function attempt<T>(call: Promise<T>, what: string, missing: Set<string>): Promise<T | undefined> {
  try {
    return await call;
  } catch (error) {
    if (!isReply(error) || !isLack(error)) throw error;
    missing.add(what);
    return undefined;
  }
}

/** Whether it will not work later either: the command is unknown, or the user may not run it. */
function isLack(error: Error): boolean {
  return error.message.includes('NOPERM') || reasonOfReply(error) === undefined;
}

function lackProblems(missing: ReadonlySet<string>): ConfigurationProblem[] {
  if (missing.size === 0) return [];
  const message =
    `leads to a service that lacks ${[...missing].join(', ')}; ` +
    'it must be Redis 6.2 or later, with a user who may run the commands that docs/cluster.md lists';
  return [{ name: 'WS_REDIS_URL', message }];
}

function strangerProblems(reply: ProbeReply | undefined): ConfigurationProblem[] {
  if (!reply || reply[3] === 0) return [];
  const message =
    'leads to live nodes whose version of nestjs-ws-security has another format of keys; stop them first';
  return [{ name: 'WS_REDIS_URL', message }];
}
