import { getEventListeners } from 'node:events';
import { jest } from '@jest/globals';
import { MAX_PENDING_REQUESTS, PendingRequests } from './pending-requests.js';
import { RequestError } from './request.error.js';

const sent = (): boolean => true;

describe('PendingRequests', () => {
  beforeEach(() => void jest.useFakeTimers());
  afterEach(() => void jest.useRealTimers());

  it('numbers requests and matches each answer to its request', async () => {
    const requests = new PendingRequests();
    const ids: number[] = [];
    const replies = ['a', 'b'].map(() => requests.start((id) => ids.push(id) > 0, 1000));
    expect(ids).toEqual([1, 2]);
    requests.resolve(2, 'second');
    requests.resolve(1, 'first');
    await expect(Promise.all(replies)).resolves.toEqual(['first', 'second']);
  });

  it('drops answers to unknown requests', () => {
    const requests = new PendingRequests();
    expect(() => requests.resolve('7', null)).not.toThrow();
    expect(() => requests.reject(7, { status: 'error', code: 'FORBIDDEN', message: 'no' })).not.toThrow();
  });

  it('times out, and a later answer changes nothing', async () => {
    const requests = new PendingRequests();
    const reply = requests.start(sent, 1000);
    jest.advanceTimersByTime(999);
    expect(jest.getTimerCount()).toBe(1);
    jest.advanceTimersByTime(1);
    requests.resolve(1, 'late');
    await expect(reply).rejects.toMatchObject({ name: 'RequestError', code: 'TIMEOUT' });
    await expect(reply).rejects.not.toHaveProperty('cause');
  });

  it('waits without a limit when configured so', () => {
    const requests = new PendingRequests();
    void requests.start(sent, Infinity);
    jest.advanceTimersByTime(86_400_000);
    expect(jest.getTimerCount()).toBe(1);
  });

  it('is aborted by its signal, and removes its listener from it', async () => {
    const requests = new PendingRequests();
    const abort = new AbortController();
    const reply = requests.start(sent, 1000, abort.signal);
    expect(getEventListeners(abort.signal, 'abort')).toHaveLength(1);
    abort.abort('changed my mind');
    await expect(reply).rejects.toMatchObject({ code: 'ABORTED', cause: 'changed my mind' });
    expect(getEventListeners(abort.signal, 'abort')).toHaveLength(0);
    expect(jest.getTimerCount()).toBe(0);
  });

  it('removes the listener from the signal of an answered request', async () => {
    const requests = new PendingRequests();
    const abort = new AbortController();
    const reply = requests.start(sent, 1000, abort.signal);
    requests.resolve(1, 'yes');
    await expect(reply).resolves.toBe('yes');
    expect(getEventListeners(abort.signal, 'abort')).toHaveLength(0);
  });

  it('sends nothing when the signal is already aborted', async () => {
    const transmit = jest.fn(sent);
    const reply = new PendingRequests().start(transmit, 1000, AbortSignal.abort());
    await expect(reply).rejects.toMatchObject({ code: 'ABORTED' });
    expect(transmit).not.toHaveBeenCalled();
  });

  it('rejects what could not be sent, and leaves no timer', async () => {
    const requests = new PendingRequests();
    await expect(requests.start(() => false, 1000)).rejects.toMatchObject({ code: 'NOT_OPEN' });
    const cause = new TypeError('circular');
    const reply = requests.start(() => {
      throw cause;
    }, 1000);
    await expect(reply).rejects.toMatchObject({ code: 'BAD_MESSAGE', cause });
    expect(jest.getTimerCount()).toBe(0);
  });

  it('rejects with the server’s error', async () => {
    const requests = new PendingRequests();
    const reply = requests.start(sent, 1000);
    requests.reject(1, { status: 'error', code: 'RATE_LIMITED', message: 'wait', retryAfterMs: 250 });
    const error = await reply.catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(RequestError);
    expect(error).toMatchObject({ code: 'RATE_LIMITED', message: 'wait', retryAfterMs: 250 });
    expect(error).not.toHaveProperty('errors');
  });

  it('rejects all requests when the connection ends', async () => {
    const requests = new PendingRequests();
    const replies = [requests.start(sent, 1000), requests.start(sent, 1000)];
    requests.disconnect();
    for (const reply of replies) await expect(reply).rejects.toMatchObject({ code: 'DISCONNECTED' });
    expect(jest.getTimerCount()).toBe(0);
  });

  it('refuses requests beyond its limit', async () => {
    const requests = new PendingRequests();
    const replies = Array.from({ length: MAX_PENDING_REQUESTS }, () => requests.start(sent, 1000));
    const transmit = jest.fn(sent);
    await expect(requests.start(transmit, 1000)).rejects.toMatchObject({ code: 'OVERLOADED' });
    expect(transmit).not.toHaveBeenCalled();
    requests.resolve(1, null);
    void requests.start(transmit, 1000);
    expect(transmit).toHaveBeenCalledTimes(1);
    await replies[0];
  });
});
