import { createHash, createPublicKey } from 'node:crypto';
import { ManualClock } from './manual-clock.js';
import {
  AUDIENCE,
  forged,
  goodClaims,
  hmacSignature,
  ISSUER,
  rawSignature,
  signed,
  type SigningKey,
  signingKey,
} from './signing-keys.js';

export const MINUTE = 60;
/** Stands still, so that slow tests do not expire tokens. */
export const frozen = new ManualClock();
export const seconds = (offset: number, clock = frozen): number => Math.floor(clock.now() / 1000) + offset;

interface Target {
  key: SigningKey;
  /** A URL that must never be requested. */
  canary: string;
}

export type Attack = (target: Target) => string | Promise<string>;

/** A token signed with the right key, with these changes to its header. */
export const withHeader = (changes: Record<string, unknown>, claims = goodClaims()): Attack => {
  return ({ key }) => forged({ alg: key.alg, typ: 'at+jwt', ...changes }, claims, rawSignature(key));
};
/** A token signed with the right key, with these changes to its claims. */
export const withClaims = (changes: Record<string, unknown>): Attack => withHeader({}, goodClaims(changes));
const withSignature = (bytes: Buffer): Attack => {
  return ({ key }) => forged({ alg: key.alg, typ: 'at+jwt' }, goodClaims(), () => bytes);
};
const attackersRsaKey = (): SigningKey => signingKey('RSA', 'attacker');

/** A token signed with the attacker's key, which the header names. */
const signedByAttacker = (name: (key: SigningKey, canary: string) => Record<string, unknown>): Attack => {
  return ({ key, canary }) => {
    const { family } = key;
    const own = family === 'HMAC' || family === 'RSA' ? attackersRsaKey() : signingKey(family, 'attacker');
    return signed(own, goodClaims(), name(own, canary));
  };
};
/** Algorithm confusion: an HMAC token whose secret is derived from the public key. */
const confused = (secretOf: (key: SigningKey) => string | Buffer): Attack => {
  return ({ key }) => forged({ alg: 'HS256', typ: 'at+jwt' }, goodClaims(), hmacSignature(secretOf(key)));
};
const pemOf = (key: SigningKey): string => key.publicPem || attackersRsaKey().publicPem;

const THUMBPRINT = createHash('sha256').update('a certificate').digest('base64url');

/** Confirmation methods (RFC 7800 §3, RFC 8705 §3.1, RFC 9449 §6), and invalid ones. */
const BINDINGS: [name: string, cnf: unknown][] = [
  ['a certificate', { 'x5t#S256': THUMBPRINT }],
  ['the thumbprint of a key', { jkt: THUMBPRINT }],
  ['a key', { jwk: { kty: 'OKP', crv: 'Ed25519', x: THUMBPRINT } }],
  ['the name of a key', { kid: '1' }],
  ['an empty thumbprint', { 'x5t#S256': '' }],
  ['a thumbprint that is null', { 'x5t#S256': null }],
  ['nothing', {}],
  ['null', null],
  ['false', false],
  ['an empty text', ''],
  ['an empty list', []],
];

const EC_ORDER = Buffer.from('ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551', 'hex');

/** Tokens that must be refused, by the security id that each covers. */
export const ATTACKS: [name: string, forge: Attack][] = [
  ...['none', 'None', 'NONE', 'nOnE', 'none ', '', ' none'].flatMap((alg): [string, Attack][] => [
    [`N2 alg ${JSON.stringify(alg)} and no signature`, () => forged({ alg, typ: 'at+jwt' }, goodClaims())],
    [`N2 alg ${JSON.stringify(alg)} and a good signature`, withHeader({ alg })],
  ]),
  ...['HS384', 'HS1', 'RS1', 'ES256K', 'A256KW', 'hs256', 'rs256'].map((alg): [string, Attack] => [
    `N2 alg ${alg}`,
    withHeader({ alg }),
  ]),
  ['N2 no alg', withHeader({ alg: undefined })],
  ['N2 alg as a list', withHeader({ alg: ['HS256', 'RS256', 'ES256', 'EdDSA'] })],
  ['N3 the public key in PEM as HMAC secret', confused(pemOf)],
  ['N3 the public key in PEM without its last line end', confused((key) => pemOf(key).trim())],
  [
    'N3 the public key in DER as HMAC secret',
    confused((key) => createPublicKey(pemOf(key)).export({ type: 'spki', format: 'der' })),
  ],
  ['N3 an empty HMAC secret', confused(() => '')],
  ['N4 jwk', signedByAttacker((key) => ({ jwk: key.jwk('own') }))],
  ['N4 jku', signedByAttacker((_key, canary) => ({ jku: `${canary}/jwks`, kid: 'own' }))],
  ['N4 x5u', signedByAttacker((_key, canary) => ({ x5u: `${canary}/chain` }))],
  ['N4 x5c', signedByAttacker((key) => ({ x5c: [pemOf(key).split('\n').slice(1, -2).join('')] }))],
  [
    'N5 kid as a path, with the secret found there',
    ({ key }) =>
      forged({ alg: key.alg, typ: 'at+jwt', kid: '../../../../dev/null' }, goodClaims(), hmacSignature('')),
  ],
  ['N5 kid as a URL', signedByAttacker((_key, canary) => ({ kid: `${canary}/jwks` }))],
  ['N6 no exp', withClaims({ exp: undefined })],
  ['N6 exp as text', withClaims({ exp: String(seconds(MINUTE)) })],
  ['N6 exp beyond any date', withClaims({ exp: 1e300 })],
  ['N6 expired', withClaims({ exp: seconds(-40) })],
  ['N6 nbf ahead', withClaims({ nbf: seconds(MINUTE) })],
  ['N6 nbf as text', withClaims({ nbf: '0' })],
  ['N6 iat ahead', withClaims({ iat: seconds(MINUTE) })],
  ['N6 iat as text', withClaims({ iat: '0' })],
  ['N7 another issuer', withClaims({ iss: 'https://evil.test' })],
  ['N7 the issuer with a slash', withClaims({ iss: `${ISSUER}/` })],
  ['N7 the issuer in a list', withClaims({ iss: [ISSUER] })],
  ['N7 no issuer', withClaims({ iss: undefined })],
  ['N7 another audience', withClaims({ aud: 'other' })],
  ['N7 an audience that only starts with the right one', withClaims({ aud: [`${AUDIENCE}-admin`] })],
  ['N7 the audience as a key', withClaims({ aud: { [AUDIENCE]: true } })],
  ['N7 no audience', withClaims({ aud: undefined })],
  ['N8 no typ', withHeader({ typ: undefined })],
  ['N8 another typ', withHeader({ typ: 'JWT' })],
  ['N8 a typ with another top-level type', withHeader({ typ: 'text/at+jwt' })],
  ['N8 a typ that is not a string', withHeader({ typ: ['at+jwt'] })],
  ['N9 an encrypted token', () => `${forged({ alg: 'dir', enc: 'A256GCM' }, {}, 'AAAA')}.AAAA.AAAA`],
  ['N9 an encrypted token under the alg of the key', async ({ key }) => `${await signed(key)}.AAAA.AAAA`],
  ['N9 PBES2 with a million rounds', withHeader({ alg: 'PBES2-HS256+A128KW', p2c: 1e6, p2s: 'AAAA' })],
  ['N9 p2c beside the alg of the key', withHeader({ p2c: 1e6 })],
  ['N9 zip', withHeader({ zip: 'DEF' })],
  ['N9 more than the size cap', withClaims({ padding: 'x'.repeat(8192) })],
  ['N10 no signature', withSignature(Buffer.alloc(0))],
  ['N10 a blank signature', withSignature(Buffer.alloc(64))],
  ['N10 a blank signature of RSA length', withSignature(Buffer.alloc(256))],
  ['N10 r and s the order of the curve', withSignature(Buffer.concat([EC_ORDER, EC_ORDER]))],
  ['N10 a blank signature in DER', withSignature(Buffer.from('3006020100020100', 'hex'))],
  ['N10 unknown crit', withHeader({ crit: ['x'], x: 1 })],
  ['N10 crit that names a known extension', withHeader({ crit: ['b64'], b64: true })],
  ['N10 b64', withHeader({ b64: false })],
  ['N10 empty crit', withHeader({ crit: [] })],
  [
    'N10 a good signature of something else',
    async ({ key }) => {
      const [head, , tail] = (await signed(key)).split('.');
      const [, body] = (await signed(key, goodClaims({ sub: 'root' }))).split('.');
      return `${head}.${body}.${tail}`;
    },
  ],
  ...BINDINGS.map(([binding, cnf]): [string, Attack] => [
    `N17 bound to ${binding}, over plain HTTP`,
    withClaims({ cnf }),
  ]),
  ['no subject', withClaims({ sub: undefined })],
  ['an empty subject', withClaims({ sub: '' })],
  ['a subject that is a number', withClaims({ sub: 1 })],
  ['claims that are a list', withHeader({}, [] as never)],
];
