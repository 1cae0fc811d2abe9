import { type CryptoKey, exportJWK, generateKeyPair, SignJWT } from 'jose';
import { ManualClock } from '../../testing/manual-clock.js';
import { PrincipalMapper } from '../principal-mapper.js';
import { JwtVerifier } from './jwt.verifier.js';
import { RemoteKeys } from './remote-keys.js';
import { FixedKeys } from './verification-keys.js';

const EXPECTED = {
  issuers: [],
  audiences: [],
  audienceClaim: 'aud',
  clockSkewMs: 0,
  algorithms: ['ES256'],
} as const;
const SILENT = { works: () => undefined, failed: () => undefined, rotated: () => undefined };
const FRESH_MS = 600_000;

let clock: ManualClock;
let published: { kid: string; publicKey: CryptoKey }[];
let verifier: JwtVerifier;
/** What the provider waits for before it answers. */
let answer: Promise<unknown>;

beforeEach(() => {
  clock = new ManualClock();
  published = [];
  answer = Promise.resolve();
  const fetchKeys = async (): Promise<Record<string, unknown>> => ({
    keys: await answer.then(() =>
      Promise.all(published.map(async ({ kid, publicKey }) => ({ ...(await exportJWK(publicKey)), kid }))),
    ),
  });
  const keys = new RemoteKeys(fetchKeys, clock, SILENT);
  verifier = new JwtVerifier(keys, EXPECTED, new PrincipalMapper(), clock);
});

async function publish(kid: string): Promise<CryptoKey> {
  const { publicKey, privateKey } = await generateKeyPair('ES256');
  published.push({ kid, publicKey });
  return privateKey;
}

function signed(key: CryptoKey, kid: string, lifetimeMs = 10 * FRESH_MS): Promise<string> {
  const exp = Math.floor((clock.now() + lifetimeMs) / 1000);
  const jwt = new SignJWT({}).setProtectedHeader({ alg: 'ES256', kid });
  return jwt.setSubject('alice').setExpirationTime(exp).sign(key);
}

describe('a token that was verified before', () => {
  it('is known at once, as long as the keys are fresh', async () => {
    const token = await signed(await publish('one'), 'one');
    expect(verifier.verifyNow(token)).toBeUndefined();
    await verifier.verify(token);
    expect(verifier.verifyNow(token)?.id).toBe('alice');
    clock.advance(FRESH_MS);
    expect(verifier.verifyNow(token)).toBeUndefined();
    await verifier.verify(token);
    expect(verifier.verifyNow(token)?.id).toBe('alice');
  });

  it('N5 is not known any more once its key is withdrawn', async () => {
    const token = await signed(await publish('one'), 'one');
    await verifier.verify(token);
    published = [];
    const other = await signed(await publish('two'), 'two');
    clock.advance(FRESH_MS);
    await verifier.verify(other);
    expect(verifier.verifyNow(token)).toBeUndefined();
    await expect(verifier.verify(token)).rejects.toThrow('the issuer has no such key');
    expect(verifier.verifyNow(token)).toBeUndefined();
  });

  it('N5 is not known any more once a probe has fetched other keys, even of the same name', async () => {
    const token = await signed(await publish('one'), 'one');
    await verifier.verify(token);
    published = [];
    const other = await signed(await publish('one'), 'one');
    clock.advance(FRESH_MS);
    verifier.health();
    await new Promise((resolve) => setImmediate(resolve));
    expect(verifier.verifyNow(token)).toBeUndefined();
    await verifier.verify(other);
    expect(verifier.verifyNow(token)).toBeUndefined();
    expect(verifier.verifyNow(other)?.id).toBe('alice');
  });

  it('N5 says nothing about other tokens, also with the same header', async () => {
    const key = await publish('one');
    await verifier.verify(await signed(key, 'one'));
    const { privateKey } = await generateKeyPair('ES256');
    expect(verifier.verifyNow(await signed(key, 'one', 1000))).toBeUndefined();
    expect(verifier.verifyNow(await signed(privateKey, 'one'))).toBeUndefined();
  });

  it('N6 is refused when it has expired', async () => {
    const token = await signed(await publish('one'), 'one', 1000);
    await verifier.verify(token);
    clock.advance(1000);
    expect(() => verifier.verifyNow(token)).toThrow('expired');
  });

  it('is known at once with a configured key', async () => {
    const { publicKey, privateKey } = await generateKeyPair('ES256');
    const fixed = new JwtVerifier(new FixedKeys([publicKey]), EXPECTED, new PrincipalMapper(), clock);
    const token = await signed(privateKey, 'any');
    expect(fixed.verifyNow(token)).toBeUndefined();
    await fixed.verify(token);
    expect(fixed.verifyNow(token)?.id).toBe('alice');
  });
});

describe('a provider that does not answer', () => {
  it('N5 is waited for once, while the known keys are valid', async () => {
    const key = await publish('one');
    await verifier.verify(await signed(key, 'one'));
    let fail: (error: Error) => void = () => undefined;
    const hang = (): void => void (answer = new Promise((_, reject) => (fail = reject)));
    hang();
    clock.advance(FRESH_MS);
    // It may be the one that tells of a withdrawn key.
    let isOver = false;
    const first = signed(key, 'one', FRESH_MS).then((token) => verifier.verify(token));
    void first.then(() => (isOver = true));
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(isOver).toBe(false);
    fail(new Error('timeout'));
    expect((await first).id).toBe('alice');

    for (const lifetimeMs of [2 * FRESH_MS, 3 * FRESH_MS]) {
      hang();
      clock.advance(2000);
      expect((await verifier.verify(await signed(key, 'one', lifetimeMs))).id).toBe('alice');
      fail(new Error('timeout'));
      await new Promise((resolve) => setImmediate(resolve));
    }
    published = [];
    const other = await publish('two');
    answer = Promise.resolve();
    clock.advance(30_000);
    expect((await verifier.verify(await signed(other, 'two'))).id).toBe('alice');
    await expect(verifier.verify(await signed(key, 'one'))).rejects.toThrow('the issuer has no such key');
  });
});
