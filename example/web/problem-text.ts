import type { ErrorBody, RequestError } from 'nestjs-ws-security/client';

/** The answer to a request, or an error that belongs to none. */
export type Problem = RequestError | ErrorBody;

const TEXT: Partial<Record<Problem['code'], string>> = {
  FORBIDDEN: 'You are not allowed to write here.',
  TIMEOUT: 'The server did not answer in time. Your message may have been delivered.',
  DISCONNECTED: 'The connection was lost before the server answered. Your message may have been delivered.',
  NOT_OPEN: 'There is no connection. Your message was not sent.',
  OVERLOADED: 'The server is busy. Try again in a moment.',
  INTERNAL_ERROR: 'The server has a problem. Try again in a moment.',
};

/** What it means to the person in front of the page. */
export function problemText({ code, message }: Problem): string {
  return TEXT[code] ?? message;
}
