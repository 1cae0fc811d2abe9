import { jest } from '@jest/globals';
import type { RefreshFailure, SessionBody, WsClient } from 'nestjs-ws-security/client';
import {
  clientTimers,
  connected,
  provider,
  Queue,
  session,
  useProtocolServers,
  type Peer,
} from '../support/protocol-server.js';

useProtocolServers();

const half = (): number => 0.5;
const inMs = (ms: number): number => Date.now() + ms;

/** Sends a session with the expiry of the credential, and waits until the client has read it. */
async function announce(client: WsClient, peer: Peer, expiresAt: unknown): Promise<void> {
  const told = new Promise<void>((resolve) => {
    const stop = client.on('session', () => {
      stop();
      resolve();
    });
  });
  peer.send(session({ expiresAt, heartbeatMs: 0 }));
  await told;
}

function outcomes(client: WsClient) {
  const refreshed = new Queue<SessionBody>();
  const failed = new Queue<RefreshFailure>();
  client.on('refreshed', (body) => refreshed.push(body));
  client.on('refreshFailed', (failure) => failed.push(failure));
  return { refreshed, failed };
}

const answer = (peer: Peer, id: unknown, data: unknown): void => peer.send({ event: 'auth', data, id });
const refuse = (peer: Peer, id: unknown, body: object): void =>
  peer.send({ event: 'exception', data: { status: 'error', message: 'no', ...body }, id });

it('S9 renews its credential on the open connection, and again before the next one expires', async () => {
  const token = provider('first', 'second', 'third');
  const { client, peer, server, states } = await connected({ token, random: half });
  const { refreshed } = outcomes(client);
  await announce(client, peer, inMs(60_000));
  jest.advanceTimersByTime(37_499);
  expect(token).toHaveBeenCalledTimes(1);
  jest.advanceTimersByTime(1);
  const first = await peer.frames.next();
  expect(first).toEqual({ event: 'auth', data: { token: 'second' }, id: expect.any(Number) as number });
  expect(token).toHaveBeenLastCalledWith({ reauthenticate: true });
  const expiresAt = inMs(3_600_000);
  answer(peer, first.id, { expiresAt });
  expect(await refreshed.next()).toEqual({ ...session().data, heartbeatMs: 0, expiresAt });
  expect(client.session?.expiresAt).toBe(expiresAt);

  jest.advanceTimersByTime(3_600_000 - 45_001);
  expect(token).toHaveBeenCalledTimes(2);
  jest.advanceTimersByTime(1);
  expect(await peer.frames.next()).toMatchObject({ event: 'auth', data: { token: 'third' } });
  expect(states).toEqual(['connecting', 'open']);
  expect(server.peers.size).toBe(0);
});

it.each([
  [0, 60_000],
  [0.999, 30_030],
])('S7 with the random number %d it renews %i ms before the expiry', async (random, leadMs) => {
  const token = provider('first', 'second');
  const { client, peer } = await connected({ token, random: () => random });
  await announce(client, peer, inMs(3_600_000));
  jest.advanceTimersByTime(3_600_000 - leadMs - 1);
  expect(token).toHaveBeenCalledTimes(1);
  jest.advanceTimersByTime(1);
  expect(token).toHaveBeenCalledTimes(2);
});

it.each([1_500, 3_000, 10_000])('renews a credential that lives for %i ms in time', async (ms) => {
  for (const random of [0, 0.999]) {
    const token = provider('first', 'second');
    const { client, peer } = await connected({ token, random: () => random });
    await announce(client, peer, inMs(ms));
    jest.advanceTimersByTime(999);
    expect(token).toHaveBeenCalledTimes(1);
    jest.advanceTimersByTime(ms * 0.75 - 999 + 1);
    expect(token).toHaveBeenCalledTimes(2);
  }
});

it('retries at shorter intervals when the provider fails or has no token', async () => {
  const token = jest
    .fn<() => Promise<string | null>>()
    .mockResolvedValueOnce('first')
    .mockRejectedValueOnce(new Error('no network'))
    .mockResolvedValueOnce(null)
    .mockResolvedValue('second');
  const { client, peer } = await connected({ token, random: half });
  const { failed, refreshed } = outcomes(client);
  await announce(client, peer, inMs(60_000));
  jest.advanceTimersByTime(37_500);
  expect(await failed.next()).toEqual({ error: new Error('no network'), retry: true });
  jest.advanceTimersByTime(14_063);
  expect(await failed.next()).toMatchObject({ error: { code: 'UNAUTHENTICATED' }, retry: true });
  expect(peer.frames.size).toBe(0);
  jest.advanceTimersByTime(5_274);
  const { id, data } = await peer.frames.next();
  expect(data).toEqual({ token: 'second' });
  answer(peer, id, { expiresAt: null });
  expect(await refreshed.next()).toMatchObject({ expiresAt: null });
  client.close();
  expect(clientTimers()).toEqual([]);
});

it('stops when no refresh succeeds, and reauthenticates after the server closes', async () => {
  const token = provider('first', ...Array.from({ length: 20 }, () => 'refused'));
  const { client, peer, server, until } = await connected({ token });
  const { failed } = outcomes(client);
  const expiresAt = inMs(60_000);
  await announce(client, peer, expiresAt);
  let tries = 0;
  for (let retry = true; retry; tries++) {
    jest.advanceTimersToNextTimer();
    if (tries === 0) jest.advanceTimersByTime(expiresAt - 30_000 - Date.now());
    const { id } = await peer.frames.next();
    refuse(peer, id, { code: 'UNAUTHENTICATED' });
    ({ retry } = await failed.next());
  }
  expect(tries).toBeLessThan(8);
  expect(Date.now()).toBeLessThan(expiresAt);
  jest.setSystemTime(expiresAt + 100);
  peer.socket.close(4419);
  expect(await until('waiting')).toMatchObject({ code: 4419, next: 'reauthenticate' });
  client.retryNow();
  await server.peers.next();
  expect(token).toHaveBeenLastCalledWith({ reauthenticate: true });
});

it('does not retry before the time the server named', async () => {
  const token = jest.fn(() => 'any');
  const { client, peer } = await connected({ token, random: half });
  const { failed } = outcomes(client);
  await announce(client, peer, inMs(60_000));
  jest.advanceTimersByTime(37_500);
  const { id } = await peer.frames.next();
  refuse(peer, id, { code: 'RATE_LIMITED', retryAfterMs: 20_000 });
  expect(await failed.next()).toMatchObject({ error: { retryAfterMs: 20_000 }, retry: true });
  jest.advanceTimersByTime(19_999);
  expect(token).toHaveBeenCalledTimes(2);
  jest.advanceTimersByTime(1);
  expect(await peer.frames.next()).toMatchObject({ event: 'auth' });
});

it.each<[string, string | (() => string), number | string | null]>([
  ['a fixed token', 'fixed', 60_000],
  ['a credential that does not expire', () => 'any', null],
  ['an end that has passed by this clock', () => 'any', -1],
  ['an end this moment', () => 'any', 10],
  ['an expiry that is not a number', () => 'any', 'tomorrow'],
])('does not refresh with %s', async (_what, token, end) => {
  const { client, peer } = await connected({ token, backoff: { stableMs: 0 } });
  await announce(client, peer, typeof end === 'number' ? inMs(end) : end);
  jest.advanceTimersByTime(0);
  expect(clientTimers()).toEqual([]);
});

it.each([
  ['null', null],
  ['an end at once', { expiresAt: 1 }],
])('does not retry in a tight loop when a server answers %s', async (_what, data) => {
  const token = provider('first', ...Array.from({ length: 100 }, () => 'more'));
  const { client, peer } = await connected({ token });
  const { failed, refreshed } = outcomes(client);
  await announce(client, peer, inMs(4_000));
  for (let told = false; !told;) {
    jest.advanceTimersToNextTimer();
    if (peer.frames.size === 0 && clientTimers().length === 0) break;
    const { id } = await peer.frames.next();
    answer(peer, id, data);
    const outcome = await Promise.race([failed.next(), refreshed.next()]);
    told = !('retry' in outcome && outcome.retry);
  }
  expect(token.mock.calls.length).toBeLessThan(6);
});

it('sends no credential on a connection that did not request it', async () => {
  let supply: (token: string) => void = () => undefined;
  const token = jest
    .fn<() => string | Promise<string>>()
    .mockReturnValueOnce('first')
    .mockReturnValueOnce(new Promise<string>((resolve) => (supply = resolve)))
    .mockReturnValue('other');
  const { client, peer, server, until } = await connected({ token, random: half });
  const { failed } = outcomes(client);
  await announce(client, peer, inMs(60_000));
  jest.advanceTimersByTime(37_500);
  peer.socket.terminate();
  await until('waiting');
  client.retryNow();
  const [second] = await Promise.all([server.peers.next(), until('open')]);
  supply('late');
  const marked = new Queue<unknown>();
  client.onPush('mark', (data) => marked.push(data));
  second.send({ event: 'mark', data: 1 });
  await marked.next();
  client.send('mark');
  expect(await second.frames.next()).toEqual({ event: 'mark' });
  expect(failed.size).toBe(0);
});

it('asks again when the token provider does not answer, and accepts its late answer', async () => {
  const answers: ((token: string) => void)[] = [];
  let first = true;
  const token = () => {
    if (!first) return new Promise<string>((resolve) => void answers.push(resolve));
    first = false;
    return 'first';
  };
  const { client, peer, states } = await connected({ token, random: half });
  const { failed, refreshed } = outcomes(client);
  await announce(client, peer, inMs(120_000));
  jest.advanceTimersByTime(75_000);
  expect(answers).toHaveLength(1);
  jest.advanceTimersByTime(30_000);
  expect(answers).toHaveLength(2);
  answers[0]?.('late');
  const { id, data } = await peer.frames.next();
  expect(data).toEqual({ token: 'late' });
  answer(peer, id, { expiresAt: inMs(3_600_000) });
  await refreshed.next();
  jest.advanceTimersByTime(60_000);
  expect(failed.size).toBe(0);
  expect(states).toEqual(['connecting', 'open']);
});
