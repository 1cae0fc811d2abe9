import type { IncomingMessage } from 'node:http';
import { UpgradeRequest } from '../upgrade-request.js';
import type { ResolvedOptions } from '../../options/options.schema.js';
import { ClientAddressResolver } from './client-address.js';

function resolve(
  remoteAddress: string,
  headers: string[] = [],
  trusted = ['10.0.0.0/8', 'fd00::/8'],
  prefix = 64,
  encrypted = false,
  forwardedHeader: ResolvedOptions['forwardedHeader'] = 'x-forwarded-for',
) {
  const rawHeaders = ['Host', 'own.test', ...headers];
  const request = new UpgradeRequest({
    rawHeaders,
    socket: { remoteAddress, encrypted },
  } as unknown as IncomingMessage);
  const options = { trustedProxies: trusted, ipv6Prefix: prefix, forwardedHeader };
  return new ClientAddressResolver(options).resolve(request);
}

const forwarded = (value: string): string[] => ['X-Forwarded-For', value];

/** Resolves a client behind a proxy that writes `Forwarded`, one header per line. */
const byForwarded = (lines: string[], more: string[] = [], remote = '10.0.0.1', encrypted = false) =>
  resolve(
    remote,
    [...lines.flatMap((line) => ['Forwarded', line]), ...more],
    undefined,
    undefined,
    encrypted,
    'forwarded',
  );

describe('ClientAddressResolver', () => {
  it.each([
    ['a direct client', '203.0.113.7', [], '203.0.113.7'],
    ['a direct client that claims another address', '203.0.113.7', forwarded('198.51.100.1'), '203.0.113.7'],
    ['a client behind a trusted proxy', '10.0.0.1', forwarded('198.51.100.1'), '198.51.100.1'],
    ['a spoofed first hop', '10.0.0.1', forwarded('1.1.1.1, 198.51.100.1'), '198.51.100.1'],
    ['a chain of trusted proxies', '10.0.0.1', forwarded('1.1.1.1, 198.51.100.1, 10.9.9.9'), '198.51.100.1'],
    [
      'headers on several lines',
      '10.0.0.1',
      [...forwarded('1.1.1.1'), ...forwarded('198.51.100.1')],
      '198.51.100.1',
    ],
    ['only trusted hops', '10.0.0.1', forwarded('10.0.0.3, 10.0.0.2'), '10.0.0.3'],
    ['no header', '10.0.0.1', [], '10.0.0.1'],
    ['garbage', '10.0.0.1', forwarded('garbage'), '10.0.0.1'],
    ['garbage behind a real hop', '10.0.0.1', forwarded('<script>, 198.51.100.1'), '198.51.100.1'],
    ['an octal address', '10.0.0.1', forwarded('0177.0.0.1'), '10.0.0.1'],
    ['a port', '10.0.0.1', forwarded('198.51.100.1:4711'), '198.51.100.1'],
    ['mapped IPv4', '::ffff:203.0.113.7', [], '203.0.113.7'],
    ['a mapped proxy', '::ffff:10.0.0.1', forwarded('198.51.100.1'), '198.51.100.1'],
    ['mapped IPv4 behind a proxy', '10.0.0.1', forwarded('::ffff:198.51.100.1'), '198.51.100.1'],
    ['IPv6', '2001:db8:1:2:3:4:5:6', [], '2001:db8:1:2::/64'],
    ['IPv6 in brackets with a port', 'fd00::1', forwarded('[2001:db8::7]:443'), '2001:db8::/64'],
    ['a zone', 'fe80::1%eth0', [], 'fe80::/64'],
    ['Forwarded, which is not believed', '10.0.0.1', ['Forwarded', 'for=198.51.100.1'], '10.0.0.1'],
    ['both headers', '10.0.0.1', [...forwarded('198.51.100.1'), 'Forwarded', 'for=1.1.1.1'], '198.51.100.1'],
    ['a socket without an address', '', [], 'unknown'],
  ])('H13 R3 %s', (_what, remote, headers, expected) => {
    expect(resolve(remote, headers).address).toBe(expected);
  });

  it.each([
    ['one element', ['for=198.51.100.1;proto=https'], '198.51.100.1'],
    ['a spoofed first element', ['for=1.1.1.1, for=198.51.100.1'], '198.51.100.1'],
    ['a chain', ['for=1.1.1.1, for=198.51.100.1;by=10.9.9.9, for=10.9.9.9'], '198.51.100.1'],
    ['several lines', ['for=1.1.1.1', 'for=198.51.100.1', 'for=10.0.0.2'], '198.51.100.1'],
    ['no element', [], '10.0.0.1'],
    ['names in capitals', ['FOR=198.51.100.1;PROTO=HTTPS'], '198.51.100.1'],
    ['another order', ['proto=https;by=_edge;FOR="198.51.100.1"'], '198.51.100.1'],
    ['a port', ['for="198.51.100.1:4711"'], '198.51.100.1'],
    ['a port without quotes', ['for=198.51.100.1:4711'], '198.51.100.1'],
    ['an obfuscated port', ['for="198.51.100.1:_a.b-c"'], '198.51.100.1'],
    ['IPv6', ['for="[2001:db8::7]"'], '2001:db8::/64'],
    ['IPv6 with a port', ['for=1.1.1.1, For="[2001:db8::7]:443"'], '2001:db8::/64'],
    ['escapes', ['for="198.51\\.100.1"'], '198.51.100.1'],
    ['an obfuscated identifier', ['for=_hidden'], '10.0.0.1'],
    ['an unknown client', ['for=198.51.100.1, for=unknown'], '10.0.0.1'],
    ['no address', ['for=198.51.100.1, proto=https'], '10.0.0.1'],
    ['separators within quotes', ['ext="a, for=1.1.1.1; for=2.2.2.2";for=198.51.100.1'], '198.51.100.1'],
    ['a quote within quotes', ['ext="\\", for=1.1.1.1";for=198.51.100.1'], '198.51.100.1'],
    ['empty elements and pairs', [', ;;for=198.51.100.1; ,,'], '198.51.100.1'],
    ['garbage before a real element', ['<script>;;=, for=198.51.100.1'], '198.51.100.1'],
    ['garbage', ['garbage'], '10.0.0.1'],
    ['two addresses in one element', ['for=1.1.1.1;for=198.51.100.1'], '10.0.0.1'],
    ['spaces around the sign', ['for = 198.51.100.1'], '10.0.0.1'],
    ['an open quote before a real element', ['for="1.1.1.1, for=198.51.100.1'], '198.51.100.1'],
    ['an open quote that the proxy closes', ['for="x\\, for="[2001:db8::7]:1"'], '2001:db8::/64'],
    ['nothing but an open quote', ['for="198.51.100.1'], '10.0.0.1'],
    ['an open quote on a line before', ['for="1.1.1.1', 'for=198.51.100.1'], '198.51.100.1'],
  ])('H13 Forwarded with %s', (_what, lines, expected) => {
    expect(byForwarded(lines).address).toBe(expected);
  });

  it('H13 only the configured header counts: Forwarded or X-Forwarded', () => {
    const x = [...forwarded('1.1.1.1'), 'X-Forwarded-Proto', 'https', 'X-Forwarded-Host', 'evil.test'];
    expect(byForwarded(['for=198.51.100.1'], x)).toEqual({
      address: '198.51.100.1',
      isSecure: false,
      host: 'own.test',
    });
    expect(byForwarded([], x)).toEqual({ address: '10.0.0.1', isSecure: false, host: 'own.test' });
    const other = ['Forwarded', 'for=1.1.1.1;proto=https;host=evil.test'];
    expect(resolve('10.0.0.1', [...forwarded('198.51.100.1'), ...other])).toEqual({
      address: '198.51.100.1',
      isSecure: false,
      host: 'own.test',
    });
  });

  it.each<[string, string[], boolean, string]>([
    ['https', ['for=198.51.100.1;proto=https;host="app.test:8443"'], true, 'app.test:8443'],
    ['wss', ['for=198.51.100.1;Proto=WSS;Host=app.test'], true, 'app.test'],
    ['http', ['for=198.51.100.1;proto=http'], false, 'own.test'],
    ['an outer hop of http', ['for=198.51.100.1;proto=http, for=10.0.0.2;proto=https'], false, 'own.test'],
    ['an outer host', ['for=1.1.1.1;host=app.test, for=10.0.0.2;proto=https'], true, 'app.test'],
    ['a nearer host', ['for=1.1.1.1;host=app.test, for=10.0.0.2;host=near.test'], false, 'near.test'],
    ['what the client claims', ['host=evil.test;proto=https, for=198.51.100.1'], false, 'own.test'],
    ['what the client denies', ['proto=http, for=198.51.100.1;proto=https'], true, 'own.test'],
  ])('T1 H1 H13 Forwarded with %s', (_what, lines, isSecure, host) => {
    expect(byForwarded(lines)).toMatchObject({ isSecure, host });
  });

  it('T1 H13 an unreadable element from a trusted hop is taken as “without TLS”', () => {
    expect(byForwarded(['for="198.51.100.1;proto=http'], [], '10.0.0.1', true).isSecure).toBe(false);
    expect(byForwarded(['for=198.51.100.1'], [], '10.0.0.1', true).isSecure).toBe(true);
  });

  it('H13 ignores Forwarded from a client that is not a trusted proxy', () => {
    const claims = ['for=1.1.1.1;proto=https;host=evil.test'];
    expect(byForwarded(claims, [], '203.0.113.7')).toEqual({
      address: '203.0.113.7',
      isSecure: false,
      host: 'own.test',
    });
  });

  it('R3 addresses in one prefix are grouped, others are not', () => {
    const address = (text: string, prefix: number): string => resolve(text, [], [], prefix).address;
    expect(address('2001:db8:0:1::1', 64)).toBe(address('2001:db8:0:1:ffff::2', 64));
    expect(address('2001:db8:0:1::1', 64)).not.toBe(address('2001:db8:0:2::1', 64));
    expect(address('2001:db8:0:1::1', 48)).toBe(address('2001:db8:0:2::1', 48));
    expect(address('2001:db8::1', 128)).toBe('2001:db8::1');
  });

  it.each([
    ['203.0.113.7', ['X-Forwarded-Proto', 'https'], false],
    ['10.0.0.1', [], false],
    ['10.0.0.1', ['X-Forwarded-Proto', 'https'], true],
    ['10.0.0.1', ['X-Forwarded-Proto', 'HTTPS'], true],
    ['10.0.0.1', ['X-Forwarded-Proto', 'wss'], true],
    ['10.0.0.1', ['X-Forwarded-Proto', 'ws'], false],
    ['10.0.0.1', ['X-Forwarded-Proto', 'http'], false],
    ['10.0.0.1', ['X-Forwarded-Proto', 'https, http'], false],
    ['10.0.0.1', ['X-Forwarded-Proto', 'https', 'X-Forwarded-Proto', 'http'], false],
  ])('T1 H13 from %s with %j TLS is %p', (remote, headers, expected) => {
    expect(resolve(remote, headers).isSecure).toBe(expected);
  });

  it.each([
    ['10.0.0.1', [], true],
    ['10.0.0.1', ['X-Forwarded-Proto', 'https'], true],
    ['10.0.0.1', ['X-Forwarded-Proto', 'http'], false],
    ['203.0.113.7', ['X-Forwarded-Proto', 'http'], true],
  ])('T1 H13 over TLS from %s with %j the client’s TLS is %p', (remote, headers, expected) => {
    expect(resolve(remote, headers, undefined, undefined, true).isSecure).toBe(expected);
  });

  it('H13 takes the host from a trusted proxy only', () => {
    expect(resolve('203.0.113.7', ['X-Forwarded-Host', 'evil.test']).host).toBe('own.test');
    expect(resolve('10.0.0.1', ['X-Forwarded-Host', 'evil.test, app.test']).host).toBe('app.test');
  });

  it.each([
    ['loopback', '127.9.9.9', true],
    ['loopback', '::1', true],
    ['loopback', '10.0.0.1', false],
    ['linklocal', '169.254.1.1', true],
    ['linklocal', 'fe80::1%eth0', true],
    ['linklocal', 'fc00::1', false],
    ['uniquelocal', '172.31.255.255', true],
    ['uniquelocal', '192.168.1.1', true],
    ['uniquelocal', '10.0.0.1', true],
    ['uniquelocal', 'fd00::1', true],
    ['uniquelocal', '172.32.0.1', false],
  ])('H13 %s covers %s: %p', (name, proxy, isTrusted) => {
    const { address } = resolve(proxy, forwarded('198.51.100.1'), [name]);
    expect(address === '198.51.100.1').toBe(isTrusted);
  });

  it('accepts addresses and ranges in mapped IPv4 notation', () => {
    expect(resolve('10.0.0.1', forwarded('198.51.100.1'), ['10.0.0.1']).address).toBe('198.51.100.1');
    expect(resolve('10.0.0.2', forwarded('198.51.100.1'), ['10.0.0.1']).address).toBe('10.0.0.2');
    expect(resolve('10.0.0.1', forwarded('198.51.100.1'), ['::ffff:10.0.0.0/104']).address).toBe(
      '198.51.100.1',
    );
  });
});
