import { isIPv4 } from 'node:net';
import ipaddr from 'ipaddr.js';
import { isAddress } from '../options/address-parsers.js';

/**
 * An address in the form that limits, bans and lists of connections use: IPv6 as a prefix, mapped IPv4 as IPv4. A text
 * that is no address, such as `unix`, stays as it is.
 *
 * @param ipv6Prefix `WS_IPV6_PREFIX`
 */
export function limitAddress(text: string, ipv6Prefix: number): string {
  if (isIPv4(text)) return text;
  const address = parsedAddress(text);
  if (!address) return text;
  if (address.kind() === 'ipv4' || ipv6Prefix === 128) return address.toString();
  const network = ipaddr.IPv6.networkAddressFromCIDR(`${address.toString()}/${ipv6Prefix}`);
  return `${network.toString()}/${ipv6Prefix}`;
}

/** An address without its zone, and a mapped IPv4 address as IPv4. */
export function parsedAddress(text: string): ipaddr.IPv4 | ipaddr.IPv6 | undefined {
  const [address = ''] = text.split('%');
  return isAddress(address) ? ipaddr.process(address) : undefined;
}
