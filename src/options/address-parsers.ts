import ipaddr from 'ipaddr.js';
import { z } from 'zod';

const HOST = /^(?:\*|(?:[a-z0-9](?:[a-z0-9._-]*[a-z0-9])?|\[[0-9a-f:.]+\])(?::(\d+))?)$/;
const MAX_PORT = 65_535;

/** An address, or an address range in CIDR notation (RFC 4632, RFC 4291 §2.3). */
export function addressRange() {
  return z.string().refine(isAddressRange, {
    error: 'each entry must be an IP address or a range such as 10.0.0.0/8 or fd00::/8',
  });
}

/** A host name or address with an optional port, as in a Host header. Case-insensitive. */
export function host() {
  return z
    .string()
    .transform((text) => text.toLowerCase())
    .refine(isHost, {
      error: 'each entry must be a host such as example.com or example.com:8443',
    });
}

function isHost(text: string): boolean {
  const match = HOST.exec(text);
  return match !== null && (match[1] === undefined || isPort(match[1]));
}

/** A port from 1 to 65535 in decimal digits without leading zeros. */
export function isPort(text: string): boolean {
  return /^[1-9]\d{0,4}$/.test(text) && Number(text) <= MAX_PORT;
}

function isAddressRange(text: string): boolean {
  const [address = '', prefix, ...rest] = text.split('/');
  if (rest.length > 0 || !isAddress(address)) return false;
  if (prefix === undefined) return true;
  return /^\d{1,3}$/.test(prefix) && Number(prefix) <= (address.includes(':') ? 128 : 32);
}

/** An address in its usual notation. ipaddr.js also accepts octal, hexadecimal and short forms. */
export function isAddress(text: string): boolean {
  return text.includes(':')
    ? !text.includes('%') && ipaddr.IPv6.isValid(text)
    : ipaddr.IPv4.isValidFourPartDecimal(text);
}
