import type { ErrorBody, RequestError } from 'nestjs-ws-security/client';

/** The error of a request, or an error that belongs to no request. */
export type Problem = RequestError | ErrorBody;

const TEXT: Partial<Record<Problem['code'], string>> = {
  FORBIDDEN: 'You are not allowed to write here.',
  TIMEOUT: 'The server did not answer in time. Your message may have been delivered.',
  DISCONNECTED: 'The connection was lost before the server answered. Your message may have been delivered.',
  NOT_OPEN: 'There is no connection. Your message was not sent.',
  OVERLOADED: 'The server is busy. Try again in a moment.',
  INTERNAL_ERROR: 'The server has a problem. Try again in a moment.',
};

/** The text for the user. */
export function problemText({ code, message }: Problem): string {
  return TEXT[code] ?? message;
}
