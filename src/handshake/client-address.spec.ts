import type { IncomingMessage } from 'node:http';
import { UpgradeRequest } from '../connection/upgrade-request.js';
import { ClientAddressResolver } from './client-address.js';

function resolve(
  remoteAddress: string,
  headers: string[] = [],
  trusted = ['10.0.0.0/8', 'fd00::/8'],
  prefix = 64,
  encrypted = false,
) {
  const rawHeaders = ['Host', 'own.test', ...headers];
  const request = new UpgradeRequest({
    rawHeaders,
    socket: { remoteAddress, encrypted },
  } as unknown as IncomingMessage);
  return new ClientAddressResolver(trusted, prefix).resolve(request);
}

const forwarded = (value: string): string[] => ['X-Forwarded-For', value];

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
    ['Forwarded', '10.0.0.1', ['Forwarded', 'for=198.51.100.1;proto=https'], '198.51.100.1'],
    ['Forwarded with IPv6', '10.0.0.1', ['Forwarded', 'for=1.1.1.1, For="[2001:db8::7]:1"'], '2001:db8::/64'],
    ['both headers', '10.0.0.1', [...forwarded('198.51.100.1'), 'Forwarded', 'for=1.1.1.1'], '198.51.100.1'],
    ['an obfuscated hop', '10.0.0.1', ['Forwarded', 'for=_hidden'], '10.0.0.1'],
    ['a socket without an address', '', [], 'unknown'],
  ])('H13 R3 %s', (_what, remote, headers, expected) => {
    expect(resolve(remote, headers).address).toBe(expected);
  });

  it('R3 neighbours in one prefix are one, others are not', () => {
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
  ])('T1 H13 by TLS from %s with %j the client’s TLS is %p', (remote, headers, expected) => {
    expect(resolve(remote, headers, undefined, undefined, true).isSecure).toBe(expected);
  });

  it('H13 takes the host from a trusted proxy only', () => {
    expect(resolve('203.0.113.7', ['X-Forwarded-Host', 'evil.test']).host).toBe('own.test');
    expect(resolve('10.0.0.1', ['X-Forwarded-Host', 'evil.test, app.test']).host).toBe('app.test');
  });

  it('understands single addresses and ranges written as mapped IPv4', () => {
    expect(resolve('10.0.0.1', forwarded('198.51.100.1'), ['10.0.0.1']).address).toBe('198.51.100.1');
    expect(resolve('10.0.0.2', forwarded('198.51.100.1'), ['10.0.0.1']).address).toBe('10.0.0.2');
    expect(resolve('10.0.0.1', forwarded('198.51.100.1'), ['::ffff:10.0.0.0/104']).address).toBe(
      '198.51.100.1',
    );
  });
});
