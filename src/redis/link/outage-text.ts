import { DeadlineExceededError } from '../../time/deadline.js';
import type { OutageReason } from './outage-reason.js';
import { reasonOfLine } from './reply-error.js';

const CAUSES: Partial<Record<OutageReason, string>> = {
  refused: 'there is no connection; check host and port of WS_REDIS_URL',
  timeout: 'it does not answer in time; check host and port of WS_REDIS_URL, and the network',
  auth: 'the user or password of WS_REDIS_URL is wrong, or the user lacks a right',
  tls: 'the connection cannot be secured; check the certificate of Redis and the files in WS_REDIS_TLS_*',
  loading: 'it is still loading its data',
  replica: 'the server is not a master',
  cluster: 'the Cluster does not serve all keys',
};

/** Why Redis cannot be used, for the log: never an address, a file or a credential. */
export function outageText(error: unknown): string {
  const reason = isOfFile(error) ? 'tls' : reasonOf(error);
  const code = codeOf(error);
  return `${CAUSES[reason] ?? reason}${code === undefined ? '' : ` (${code})`}`;
}

function reasonOf(error: unknown): OutageReason {
  return error instanceof DeadlineExceededError ? 'timeout' : reasonOfLine(error);
}

/** Files of certificates are read before there is a connection. */
function isOfFile(error: unknown): boolean {
  return (error as NodeJS.ErrnoException | undefined)?.syscall === 'open';
}

/** Node's name for the error, or the word with which Redis begins it. */
function codeOf(error: unknown): string | undefined {
  const { code, message } = (error ?? {}) as { code?: unknown; message?: unknown };
  const name = typeof code === 'string' ? code : /^[A-Z]{3,}(?= )/.exec(String(message))?.[0];
  return name !== undefined && /^[A-Z][A-Z\d_]{2,60}$/.test(name) ? name : undefined;
}
