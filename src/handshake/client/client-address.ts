import { isIPv4 } from 'node:net';
import ipaddr from 'ipaddr.js';
import type { UpgradeRequest } from '../upgrade-request.js';
import { isAddress } from '../../options/address-parsers.js';
import type { ResolvedOptions } from '../../options/options.schema.js';
import { forwarded, type ForwardingReport, xForwarded } from './forwarding-headers.js';

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

type ProxyOptions = Pick<ResolvedOptions, 'trustedProxies' | 'ipv6Prefix' | 'forwardedHeader'>;

/**
 * Finds out who the client is behind trusted proxies. Only what a trusted hop said counts, and of a chain the rightmost
 * hop that is not trusted. One kind of header is believed: the other may be the client's, passed on by the proxy.
 */
export class ClientAddressResolver {
  private readonly trusted: readonly Range[];
  private readonly ipv6Prefix: number;
  private readonly reportOf: (request: UpgradeRequest) => ForwardingReport;

  constructor({ trustedProxies, ipv6Prefix, forwardedHeader }: ProxyOptions) {
    this.trusted = trustedProxies.map(rangeOf);
    this.ipv6Prefix = ipv6Prefix;
    this.reportOf = forwardedHeader === 'forwarded' ? forwarded : xForwarded;
  }

  resolve(request: UpgradeRequest): ClientOrigin {
    const direct = {
      address: this.limitAddress(request.remoteAddress),
      isSecure: request.isSecure,
      host: request.only('host') ?? '',
    };
    if (this.trusted.length === 0 || !this.isTrusted(request.remoteAddress)) return direct;
    const report = this.reportOf(request);
    const { address, believed } = this.farthest(request.remoteAddress, report.hops);
    return {
      address: this.limitAddress(address),
      isSecure: report.isSecure(believed) ?? direct.isSecure,
      host: report.host(believed) ?? direct.host,
    };
  }

  /**
   * Walks from the nearest hop outwards, over what trusted hops have reported. An entry that is no address ends the walk
   * at the hop that reported it.
   */
  private farthest(nearest: string, hops: readonly string[]): { address: string; believed: number } {
    let address = nearest;
    let believed = 0;
    for (const hop of hops.toReversed()) {
      if (!this.isTrusted(address)) break;
      believed++;
      if (!isAddress(hop)) break;
      address = hop;
    }
    return { address, believed };
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
