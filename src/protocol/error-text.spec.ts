import { errorText, sharedErrorText } from './error-text.js';
import type { ErrorBody } from './envelope.js';

const BODY: ErrorBody = { status: 'error', code: 'RATE_LIMITED', message: 'Too many "messages".' };
const FROZEN = Object.freeze({ ...BODY });

it.each([BODY, FROZEN])('adds the wait and the id to a body', (body) => {
  expect(JSON.parse(errorText(body, undefined))).toEqual({ event: 'exception', data: BODY });
  expect(JSON.parse(errorText(body, 'a"', 20))).toEqual({
    event: 'exception',
    data: { ...BODY, retryAfterMs: 20 },
    id: 'a"',
  });
  expect(JSON.parse(errorText(body, undefined, Infinity))).toMatchObject({ data: { retryAfterMs: null } });
  expect(JSON.parse(errorText(body, 0))).toEqual({ event: 'exception', data: BODY, id: 0 });
});

it('shares only bodies that cannot change', () => {
  expect(sharedErrorText(BODY)).toBeUndefined();
  expect(sharedErrorText(FROZEN)).toBe(sharedErrorText(FROZEN));
});
