import { getEventListeners } from 'node:events';
import { jest } from '@jest/globals';
import { MAX_PENDING_REQUESTS, PendingRequests } from './pending-requests.js';
import { RequestError } from './request.error.js';

const frame = (id: number): string => `frame ${id}`;
const sent = (): boolean => true;
const notSent = (): boolean => false;

describe('PendingRequests', () => {
  beforeEach(() => void jest.useFakeTimers());
  afterEach(() => void jest.useRealTimers());

  it('numbers requests and matches each answer to its request', async () => {
    const frames: string[] = [];
    const requests = new PendingRequests((text) => frames.push(text) > 0);
    const replies = ['a', 'b'].map(() => requests.start(frame, false, 1000));
    expect(frames).toEqual(['frame 1', 'frame 2']);
    requests.settle(2, null, 'second');
    requests.settle(1, null, 'first');
    await expect(Promise.all(replies)).resolves.toEqual(['first', 'second']);
  });

  it('drops answers to unknown requests', () => {
    const requests = new PendingRequests(sent);
    expect(() => requests.settle('7', null)).not.toThrow();
    expect(() => requests.settle(7, new RequestError('FORBIDDEN', 'no'))).not.toThrow();
  });

  it('times out, and a later answer changes nothing', async () => {
    const requests = new PendingRequests(sent);
    const reply = requests.start(frame, false, 1000);
    jest.advanceTimersByTime(999);
    expect(jest.getTimerCount()).toBe(1);
    jest.advanceTimersByTime(1);
    requests.settle(1, null, 'late');
    await expect(reply).rejects.toMatchObject({ name: 'RequestError', code: 'TIMEOUT' });
    await expect(reply).rejects.not.toHaveProperty('cause');
  });

  it('waits without a limit when configured so', () => {
    const requests = new PendingRequests(sent);
    void requests.start(frame, false, Infinity);
    jest.advanceTimersByTime(86_400_000);
    expect(jest.getTimerCount()).toBe(1);
  });

  it('is aborted by its signal, and removes its listener from it', async () => {
    const requests = new PendingRequests(sent);
    const abort = new AbortController();
    const reply = requests.start(frame, false, 1000, abort.signal);
    expect(getEventListeners(abort.signal, 'abort')).toHaveLength(1);
    abort.abort('changed my mind');
    await expect(reply).rejects.toMatchObject({ code: 'ABORTED', cause: 'changed my mind' });
    expect(getEventListeners(abort.signal, 'abort')).toHaveLength(0);
    expect(jest.getTimerCount()).toBe(0);
  });

  it('removes the listener from the signal of an answered request', async () => {
    const requests = new PendingRequests(sent);
    const abort = new AbortController();
    const reply = requests.start(frame, false, 1000, abort.signal);
    requests.settle(1, null, 'yes');
    await expect(reply).resolves.toBe('yes');
    expect(getEventListeners(abort.signal, 'abort')).toHaveLength(0);
  });

  it('sends nothing when the signal is already aborted', async () => {
    const transmit = jest.fn(sent);
    const reply = new PendingRequests(transmit).start(frame, false, 1000, AbortSignal.abort());
    await expect(reply).rejects.toMatchObject({ code: 'ABORTED' });
    expect(transmit).not.toHaveBeenCalled();
  });

  it('rejects what could not be sent, and leaves no timer', async () => {
    const requests = new PendingRequests(notSent);
    await expect(requests.start(frame, false, 1000)).rejects.toMatchObject({ code: 'NOT_OPEN' });
    const cause = new TypeError('circular');
    const encode = (): string => {
      throw cause;
    };
    const reply = requests.start(encode, true, 1000);
    await expect(reply).rejects.toMatchObject({ code: 'BAD_MESSAGE', cause });
    expect(jest.getTimerCount()).toBe(0);
  });

  it('rejects with the server’s error', async () => {
    const requests = new PendingRequests(sent);
    const reply = requests.start(frame, false, 1000);
    requests.settle(1, new RequestError('RATE_LIMITED', 'wait', { retryAfterMs: 250 }));
    const error = await reply.catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(RequestError);
    expect(error).toMatchObject({ code: 'RATE_LIMITED', message: 'wait', retryAfterMs: 250 });
    expect(error).not.toHaveProperty('errors');
  });

  it('rejects all requests when the connection ends', async () => {
    const requests = new PendingRequests(sent);
    const replies = [requests.start(frame, false, 1000), requests.start(frame, false, 1000)];
    requests.disconnect(false);
    for (const reply of replies) await expect(reply).rejects.toMatchObject({ code: 'DISCONNECTED' });
    expect(jest.getTimerCount()).toBe(0);
  });

  it('keeps a request that waits, and sends it once, in its turn', async () => {
    const frames: string[] = [];
    let isOpen = false;
    const requests = new PendingRequests((text) => isOpen && frames.push(text) > 0);
    const replies = [1, 2].map(() => requests.start(frame, true, 1000));
    requests.disconnect(false);
    isOpen = true;
    requests.flush();
    requests.flush();
    expect(frames).toEqual(['frame 1', 'frame 2']);
    requests.settle(1, null, 'yes');
    expect(await replies[0]).toBe('yes');
    requests.disconnect(false);
    await expect(replies[1]).rejects.toMatchObject({ code: 'DISCONNECTED' });
  });

  it('says of a request that waited in vain that it was not sent', async () => {
    const requests = new PendingRequests(notSent);
    const abort = new AbortController();
    const late = requests.start(frame, true, 1000);
    const aborted = requests.start(frame, true, 1000, abort.signal);
    abort.abort();
    await expect(aborted).rejects.toMatchObject({ code: 'ABORTED' });
    jest.advanceTimersByTime(1000);
    await expect(late).rejects.toMatchObject({ code: 'NOT_OPEN' });
    const last = requests.start(frame, true, 1000);
    requests.disconnect(true);
    await expect(last).rejects.toMatchObject({ code: 'NOT_OPEN' });
    expect(jest.getTimerCount()).toBe(0);
  });

  it('refuses requests beyond its limit', async () => {
    const transmit = jest.fn(sent);
    const requests = new PendingRequests(transmit);
    const start = (): Promise<unknown> => requests.start(frame, false, 1000);
    const replies = Array.from({ length: MAX_PENDING_REQUESTS }, start);
    await expect(start()).rejects.toMatchObject({ code: 'OVERLOADED' });
    expect(transmit).toHaveBeenCalledTimes(MAX_PENDING_REQUESTS);
    requests.settle(1, null, null);
    void start();
    expect(transmit).toHaveBeenCalledTimes(MAX_PENDING_REQUESTS + 1);
    await replies[0];
  });
});
