import { types } from 'node:util';
import type { OutageReason } from './outage-reason.js';

/** Errors of Redis that say that it is not available. What is in none of these groups is a mistake of ours. */
const REASONS: readonly (readonly [RegExp, OutageReason])[] = [
  [/\bOOM\b/, 'full'],
  [/\bLOADING\b/, 'loading'],
  [/\b(?:READONLY|MASTERDOWN|UNBLOCKED)\b/, 'replica'],
  [/\b(?:MISCONF|NOREPLICAS)\b/, 'not-writable'],
  [/\b(?:CLUSTERDOWN|TRYAGAIN|MOVED|ASK|Cluster redirections)\b/, 'cluster'],
  [/\b(?:NOAUTH|WRONGPASS|NOPERM)\b|invalid (?:username-)?password/, 'auth'],
  [/\bBUSY\b/, 'timeout'],
];

const TLS_CODE =
  /^(?:ERR_TLS|ERR_SSL|EPROTO|CERT_|UNABLE_TO_|SELF_SIGNED|DEPTH_ZERO|HOSTNAME_MISMATCH|INVALID_CA)/;

/** Why Redis refused; undefined for an error that is no outage. */
export function reasonOfReply(error: Error): OutageReason | undefined {
  // Only the first words are Redis' own, the rest may quote a script.
  const start = error.message.slice(0, 160);
  return REASONS.find(([pattern]) => pattern.test(start))?.[1];
}

/** Why there is no line. */
export function reasonOfLine(error: unknown): OutageReason {
  if (!isError(error)) return 'refused';
  const { code = '' } = error as NodeJS.ErrnoException;
  if (code === 'ETIMEDOUT') return 'timeout';
  if (TLS_CODE.test(code)) return 'tls';
  return reasonOfReply(error) ?? 'refused';
}

/** Also of another realm, as Node's own errors are within Jest. */
function isError(error: unknown): error is Error {
  return error instanceof Error || types.isNativeError(error);
}

/** Whether Redis itself answered with this error. */
export function isReply(error: unknown): error is Error {
  return isError(error) && error.name === 'ReplyError';
}

/** The number of the database that could not be selected, if this is what failed. */
export function unselectedDatabase(error: Error): string | undefined {
  const { command } = error as Error & { command?: { name: string; args: readonly unknown[] } };
  return command?.name === 'select' ? String(command.args[0]) : undefined;
}

export function isUnknownScript(error: unknown): boolean {
  return isReply(error) && error.message.startsWith('NOSCRIPT');
}

/** Whether a command was certainly not sent. */
export function isUnsent(error: unknown): boolean {
  return isError(error) && /isn't writeable|isn't ready/.test(error.message);
}

/** Whether the error came from a command within a script, so that commands before it may have been executed. */
export function isWithinScript(error: Error): boolean {
  return /script: [\da-f]{40}|user_script/.test(error.message);
}
