import { decodeFrame, toErrorBody, toGoodbye, toPush, toSession } from './frame.js';

describe('decodeFrame', () => {
  it('reads an object with an event', () => {
    expect(decodeFrame('{"event":"x","data":1,"id":2}')).toEqual({ event: 'x', data: 1, id: 2 });
  });

  it.each(['', '{', 'null', '1', '"event"', '[]', '[{"event":"x"}]', '{}', '{"event":1}', '{"event":null}'])(
    'ignores %s',
    (text) => expect(decodeFrame(text)).toBeNull(),
  );
});

describe('frame bodies', () => {
  it('reads a push, and its number only if it is valid', () => {
    expect(toPush({ event: 'x', data: 1, seq: 3, id: null })).toEqual({ event: 'x', data: 1, seq: 3 });
    expect(toPush({ event: 'x', data: 1, seq: '3' })).toEqual({ event: 'x', data: 1 });
  });

  it('reads an error body unchanged', () => {
    const errors = [{ path: 'text', constraint: 'maxLength', message: 'too long' }];
    const body = {
      status: 'error',
      code: 'VALIDATION_FAILED',
      message: 'no',
      reason: 'LATE',
      retryAfterMs: 5,
      errors,
    };
    expect(toErrorBody(body)).toEqual(body);
  });

  it.each([[null], ['text'], [{ code: 7, message: 7, reason: 7, retryAfterMs: -1, errors: 'none' }]])(
    'turns %j into an error',
    (data) => {
      expect(toErrorBody(data)).toEqual({
        status: 'error',
        code: 'INTERNAL_ERROR',
        message: expect.any(String),
      });
    },
  );

  it('passes on the code of a later server', () => {
    expect(toErrorBody({ code: 'LATER', message: 'no' })).toMatchObject({ code: 'LATER', message: 'no' });
  });

  it('reads a session only with its connection id', () => {
    expect(toSession({ connectionId: 'c', heartbeatMs: 1 })).toEqual({ connectionId: 'c', heartbeatMs: 1 });
    for (const data of [null, 'c', {}, { connectionId: 1 }]) expect(toSession(data)).toBeNull();
  });

  it('reads a goodbye only with a known advice', () => {
    const goodbye = { code: 1012, reason: 'r', reconnect: 'backoff', retryAfterMs: 10 };
    expect(toGoodbye(goodbye)).toEqual(goodbye);
    expect(toGoodbye({ ...goodbye, retryAfterMs: 'soon' })).toEqual({ ...goodbye, retryAfterMs: 0 });
    for (const data of [null, 'x', {}, { ...goodbye, reconnect: 'perhaps' }])
      expect(toGoodbye(data)).toBeNull();
  });
});
