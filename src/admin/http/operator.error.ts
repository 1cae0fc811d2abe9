import { STATUS_CODES } from 'node:http';
import type { OperatorErrorCode, OperatorProblem } from '../contract/problem.interface.js';
import { SAFE_HEADERS } from './safe-headers.js';

const STATUS: Readonly<Record<OperatorErrorCode, number>> = {
  BAD_REQUEST: 400,
  UNAUTHENTICATED: 401,
  FORBIDDEN: 403,
  ORIGIN_NOT_ALLOWED: 403,
  NOT_FOUND: 404,
  CONTENT_TOO_LARGE: 413,
  UNSUPPORTED_MEDIA_TYPE: 415,
  RATE_LIMITED: 429,
  INTERNAL_ERROR: 500,
  NOT_SUPPORTED: 501,
  OVERLOADED: 503,
  UNAVAILABLE: 503,
};

const HEADERS: Readonly<Partial<Record<OperatorErrorCode, Readonly<Record<string, string>>>>> = {
  // RFC 6750 §3.1: without a credential, the challenge contains no error.
  UNAUTHENTICATED: { 'WWW-Authenticate': 'Bearer' },
  OVERLOADED: { 'Retry-After': '1' },
  UNAVAILABLE: { 'Retry-After': '5' },
};

/** A request of an operator is refused, or failed. @publicApi */
export class OperatorError extends Error {
  override readonly name = 'OperatorError';
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;

  /**
   * @param code decides the status
   * @param detail for the operator; it must not repeat values of the request
   */
  constructor(
    readonly code: OperatorErrorCode,
    readonly detail?: string,
    headers: Readonly<Record<string, string>> = {},
    options?: ErrorOptions,
  ) {
    super(detail === undefined ? code : `${code}: ${detail}`, options);
    this.status = STATUS[code];
    this.headers = { ...HEADERS[code], ...headers };
  }

  /** The problem document (RFC 9457). */
  toProblem(): OperatorProblem {
    const { code, status, detail } = this;
    const title = STATUS_CODES[status] ?? 'Error';
    return { type: 'about:blank', title, status, code, ...(detail !== undefined && { detail }) };
  }
}

/** The answer to a request that failed. */
export function answerOf(error: OperatorError): {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
} {
  const headers = { ...SAFE_HEADERS, ...error.headers, 'Content-Type': 'application/problem+json' };
  return { status: error.status, headers, body: JSON.stringify(error.toProblem()) };
}
