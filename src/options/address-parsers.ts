import ipaddr from 'ipaddr.js';
import { z } from 'zod';

const HOST = /^(?:\*|(?:[a-z0-9](?:[a-z0-9._-]*[a-z0-9])?|\[[0-9a-f:.]+\])(?::(\d+))?)$/;
const MAX_PORT = 65_535;

/** Stands for a proxy that connects over a Unix socket. */
export const UNIX = 'unix';

/** Names of address ranges, as Express has them for its `trust proxy`. */
export const NAMED_RANGES: Readonly<Record<string, readonly string[]>> = {
  loopback: ['127.0.0.0/8', '::1/128'],
  linklocal: ['169.254.0.0/16', 'fe80::/10'],
  uniquelocal: ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', 'fc00::/7'],
};

/** An address, an address range in CIDR notation (RFC 4632, RFC 4291 §2.3), the name of ranges, or `unix`. */
export function trustedProxy() {
  return z
    .string()
    .refine((text) => text === UNIX || Object.hasOwn(NAMED_RANGES, text) || isAddressRange(text), {
      error:
        'each entry must be an IP address, a range such as 10.0.0.0/8 or fd00::/8, loopback, linklocal, uniquelocal, or unix for a proxy on a Unix socket',
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
