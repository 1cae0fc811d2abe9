import { decodeFrame, toErrorBody, toGoodbye, toPush, toSession } from './frame.js';

describe('decodeFrame', () => {
  it('reads an object with an event', () => {
    expect(decodeFrame('{"event":"x","data":1,"id":2}')).toEqual({ event: 'x', data: 1, id: 2 });
  });

  it.each(['', '{', 'null', '1', '"event"', '[]', '[{"event":"x"}]', '{}', '{"event":1}', '{"event":null}'])(
    'ignores %s',
    (text) => expect(decodeFrame(text)).toBeNull(),
  );

  it('ignores what is not text', () => {
    expect(decodeFrame(Buffer.from('{"event":"x"}'))).toBeNull();
    expect(decodeFrame(undefined)).toBeNull();
  });
});

describe('frame bodies', () => {
  it('takes a push as it is, its number only if it is one', () => {
    expect(toPush({ event: 'x', data: 1, seq: 3, id: null })).toEqual({ event: 'x', data: 1, seq: 3 });
    expect(toPush({ event: 'x', data: 1, seq: '3' })).toEqual({ event: 'x', data: 1 });
  });

  it('takes an error body as it is', () => {
    const errors = [{ path: 'text', constraint: 'maxLength', message: 'too long' }];
    const body = { status: 'error', code: 'VALIDATION_FAILED', message: 'no', retryAfterMs: 5, errors };
    expect(toErrorBody(body)).toEqual(body);
  });

  it.each([[null], ['text'], [{ code: 'SURPRISE', message: 7, retryAfterMs: -1, errors: 'none' }]])(
    'makes an error of %j',
    (data) => {
      expect(toErrorBody(data)).toEqual({
        status: 'error',
        code: 'INTERNAL_ERROR',
        message: expect.any(String),
      });
    },
  );

  it('takes a session only with its connection', () => {
    expect(toSession({ connectionId: 'c', heartbeatMs: 1 })).toEqual({ connectionId: 'c', heartbeatMs: 1 });
    for (const data of [null, 'c', {}, { connectionId: 1 }]) expect(toSession(data)).toBeNull();
  });

  it('takes a goodbye only with an advice it knows', () => {
    const goodbye = { code: 1012, reason: 'r', reconnect: 'backoff', retryAfterMs: 10 };
    expect(toGoodbye(goodbye)).toEqual(goodbye);
    expect(toGoodbye({ ...goodbye, retryAfterMs: 'soon' })).toEqual({ ...goodbye, retryAfterMs: 0 });
    for (const data of [null, 'x', {}, { ...goodbye, reconnect: 'perhaps' }])
      expect(toGoodbye(data)).toBeNull();
  });
});
