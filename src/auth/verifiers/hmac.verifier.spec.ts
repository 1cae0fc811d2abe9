import { createHmac } from 'node:crypto';
import { SignJWT } from 'jose';
import { ManualClock } from '../../testing/manual-clock.js';
import type { HmacAlgorithm } from '../../options/jwt-algorithms.js';
import { PrincipalMapper } from '../principal-mapper.js';
import { HmacVerifier } from './hmac.verifier.js';

const CURRENT = 'the current secret, which is long enough for HS512 because it has 64 bytes';
const PREVIOUS = 'the previous secret, which is long enough for HS512 because it has 64 b';
const ALGORITHMS: readonly HmacAlgorithm[] = ['HS256', 'HS384', 'HS512'];

let verifier: HmacVerifier;
let clock: ManualClock;

beforeEach(() => {
  clock = new ManualClock();
  verifier = verifierFor(ALGORITHMS);
});

function verifierFor(algorithms: readonly HmacAlgorithm[]): HmacVerifier {
  const expected = { issuers: [], audiences: [], audienceClaim: 'aud', clockSkewMs: 0, algorithms };
  return new HmacVerifier([CURRENT, PREVIOUS], expected, new PrincipalMapper(), clock);
}

/** By another implementation. */
function signed(alg: HmacAlgorithm, secret = CURRENT): Promise<string> {
  const exp = Math.floor(clock.now() / 1000) + 60;
  const jwt = new SignJWT({ roles: ['user'] }).setProtectedHeader({ alg, typ: 'JWT' });
  return jwt.setSubject('alice').setExpirationTime(exp).sign(new TextEncoder().encode(secret));
}

/** Signs a payload that may not be JSON. */
function signedBytes(payload: Buffer): string {
  const text = `${Buffer.from('{"alg":"HS256"}').toString('base64url')}.${payload.toString('base64url')}`;
  return `${text}.${createHmac('sha256', CURRENT).update(text).digest('base64url')}`;
}

describe.each(ALGORITHMS)('%s', (alg) => {
  it.each([CURRENT, PREVIOUS])('C4 accepts a signature of each secret', async (secret) => {
    expect(verifier.verifyNow(await signed(alg, secret))).toMatchObject({ id: 'alice', roles: ['user'] });
  });

  it('N2 refuses a valid signature of an algorithm that is not allowed', async () => {
    const others = verifierFor(ALGORITHMS.filter((other) => other !== alg));
    const token = await signed(alg);
    expect(() => others.verifyNow(token)).toThrow('another algorithm');
  });

  it('N10 refuses a signature that is changed anywhere, shortened, extended, or of another secret', async () => {
    const token = await signed(alg);
    const start = token.lastIndexOf('.') + 1;
    const others = [
      await signed(alg, CURRENT.toUpperCase()),
      token.slice(0, start),
      token.slice(0, -1),
      `${token}A`,
      `${token.slice(0, start)}${'A'.repeat(token.length - start)}`,
    ];
    // The last one also stands for other spellings of the same bytes.
    for (let at = start; at < token.length; at++)
      for (const letter of ['A', 'B', '_'])
        if (letter !== token[at]) others.push(token.slice(0, at) + letter + token.slice(at + 1));
    for (const other of others)
      expect(() => verifier.verifyNow(other)).toThrow('no key verifies the signature');
    expect(verifier.verifyNow(token).id).toBe('alice');
  });

  it('N10 refuses a header and claims that are not what was signed', async () => {
    const [head, body, mac] = (await signed(alg)).split('.') as [string, string, string];
    const claims = Buffer.from(body, 'base64url').toString().replace('alice', 'admin');
    const header = Buffer.from(head, 'base64url').toString().replace('"JWT"', '"jwt"');
    const encoded = (text: string): string => Buffer.from(text).toString('base64url');
    for (const text of [`${head}.${encoded(claims)}`, `${encoded(header)}.${body}`])
      expect(() => verifier.verifyNow(`${text}.${mac}`)).toThrow('no key verifies the signature');
  });
});

it.each<[string, Buffer]>([
  ['no JSON', Buffer.from('{"sub":')],
  ['a list', Buffer.from('[{"sub":"alice"}]')],
  ['null', Buffer.from('null')],
  ['a text', Buffer.from('"alice"')],
  ['invalid UTF-8', Buffer.from('{"sub":"alice\xff","exp":9999999999}', 'latin1')],
])('N10 refuses a signed payload of %s', (_what, payload) => {
  expect(() => verifier.verifyNow(signedBytes(payload))).toThrow('the payload is not a JSON object');
});

it('Z4 reads claims of all of Unicode', () => {
  const token = signedBytes(Buffer.from('{"sub":"Zoë 🐦","exp":9999999999}'));
  expect(verifier.verifyNow(token).id).toBe('Zoë 🐦');
});
