/** The codes of errors. @publicApi */
export type OperatorErrorCode =
  | 'BAD_REQUEST'
  | 'UNAUTHENTICATED'
  | 'FORBIDDEN'
  | 'ORIGIN_NOT_ALLOWED'
  | 'NOT_FOUND'
  | 'CONTENT_TOO_LARGE'
  | 'UNSUPPORTED_MEDIA_TYPE'
  | 'RATE_LIMITED'
  | 'INTERNAL_ERROR'
  | 'NOT_SUPPORTED'
  | 'OVERLOADED'
  | 'UNAVAILABLE';

/** The body of every error: a problem document (RFC 9457). @publicApi */
export interface OperatorProblem {
  readonly type: 'about:blank';
  readonly title: string;
  readonly status: number;
  readonly code: OperatorErrorCode;
  /** For operators. Contains nothing that the request contained but names of its fields. */
  readonly detail?: string;
}
