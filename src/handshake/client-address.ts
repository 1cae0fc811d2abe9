import { isIPv4 } from 'node:net';
import ipaddr from 'ipaddr.js';
import type { UpgradeRequest } from '../connection/upgrade-request.js';
import { isAddress } from '../options/address-parsers.js';

type Range = ReturnType<typeof ipaddr.parseCIDR>;

/** How the client came here, as far as it can be believed. @publicApi */
export interface ClientOrigin {
  /** The address as limits count it: IPv6 by prefix, mapped IPv4 as IPv4. */
  address: string;
  /** Whether the client spoke TLS, to this process or to a trusted proxy. */
  isSecure: boolean;
  /** The host the client asked for. */
  host: string;
}

/**
 * Finds out who the client is behind trusted proxies (RFC 7239 §5.2, and the X-Forwarded headers it standardised).
 * Only what a trusted hop said counts, and of a chain the rightmost hop that is not trusted.
 */
export class ClientAddressResolver {
  private readonly trusted: readonly Range[];

  constructor(
    trustedProxies: readonly string[],
    private readonly ipv6Prefix: number,
  ) {
    this.trusted = trustedProxies.map(rangeOf);
  }

  resolve(request: UpgradeRequest): ClientOrigin {
    const direct = {
      address: this.limitAddress(request.remoteAddress),
      isSecure: request.isSecure,
      host: request.only('host') ?? '',
    };
    if (this.trusted.length === 0 || !this.isTrusted(request.remoteAddress)) return direct;
    return {
      address: this.limitAddress(this.farthest(request.remoteAddress, hopsOf(request))),
      isSecure: cameByTls(request) ?? direct.isSecure,
      host: request.entries('x-forwarded-host').at(-1) ?? direct.host,
    };
  }

  /** Walks from the nearest hop outwards. An entry that is no address ends the walk at the hop that reported it. */
  private farthest(nearest: string, hops: readonly string[]): string {
    let address = nearest;
    for (const hop of hops.toReversed()) {
      if (!this.isTrusted(address)) return address;
      if (!isAddress(hop)) return address;
      address = hop;
    }
    return address;
  }

  private isTrusted(text: string): boolean {
    const address = parse(text);
    return (
      address !== undefined &&
      this.trusted.some(
        ([network, bits]) => address.kind() === network.kind() && address.match(network, bits),
      )
    );
  }

  private limitAddress(text: string): string {
    if (isIPv4(text)) return text;
    const address = parse(text);
    if (!address) return text === '' ? 'unknown' : text;
    if (address.kind() === 'ipv4' || this.ipv6Prefix === 128) return address.toString();
    const network = ipaddr.IPv6.networkAddressFromCIDR(`${address.toString()}/${this.ipv6Prefix}`);
    return `${network.toString()}/${this.ipv6Prefix}`;
  }
}

/** The forwarding chain, the client's end first. X-Forwarded-For wins: a proxy that sets it passes the other on. */
function hopsOf(request: UpgradeRequest): string[] {
  const hops = request.entries('x-forwarded-for');
  return (hops.length > 0 ? hops : forwardedFor(request)).map(withoutPort);
}

/** The `for` parameters of `Forwarded` (RFC 7239 §4). */
function forwardedFor(request: UpgradeRequest): string[] {
  return request.entries('forwarded').map((element) => {
    const parameter = element.split(';').find((part) => /^\s*for=/i.test(part)) ?? '';
    return parameter.replace(/^\s*for=/i, '').replace(/^"(.*)"$/, '$1');
  });
}

function withoutPort(hop: string): string {
  const bracketed = /^\[([^\]]*)\](?::\d+)?$/.exec(hop);
  if (bracketed) return bracketed[1] as string;
  return hop.replace(/^([\d.]+):\d+$/, '$1');
}

/** What proxies call TLS: some name the scheme of WebSockets (RFC 6455 §3). */
const SECURE_SCHEMES = new Set(['https', 'wss']);

/** Every hop that spoke up must have said so, also when the last one came here by TLS; undefined when none did. */
function cameByTls(request: UpgradeRequest): boolean | undefined {
  const protocols = request.entries('x-forwarded-proto');
  if (protocols.length === 0) return undefined;
  return protocols.every((protocol) => SECURE_SCHEMES.has(protocol.toLowerCase()));
}

function parse(text: string): ipaddr.IPv4 | ipaddr.IPv6 | undefined {
  const [address = ''] = text.split('%');
  return isAddress(address) ? ipaddr.process(address) : undefined;
}

/** A range of IPv4 addresses written as mapped ones is a range of IPv4 addresses. */
function rangeOf(text: string): Range {
  const [address = '', prefix] = text.split('/');
  const parsed = ipaddr.parse(address);
  const bits = prefix === undefined ? parsed.toByteArray().length * 8 : Number(prefix);
  if (parsed instanceof ipaddr.IPv6 && parsed.isIPv4MappedAddress() && bits >= 96) {
    return [parsed.toIPv4Address(), bits - 96];
  }
  return [parsed, bits] as Range;
}
