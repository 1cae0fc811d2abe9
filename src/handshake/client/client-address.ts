import ipaddr from 'ipaddr.js';
import type { UpgradeRequest } from '../upgrade-request.js';
import { limitAddress, parsedAddress } from '../../connection/limit-address.js';
import { isAddress, NAMED_RANGES, UNIX } from '../../options/address-parsers.js';
import type { ResolvedOptions } from '../../options/options.schema.js';
import { forwarded, type ForwardingReport, xForwarded } from './forwarding-headers.js';

type Range = ReturnType<typeof ipaddr.parseCIDR>;

/** The address, transport and host of a client, from trusted sources only. @publicApi */
export interface ClientOrigin {
  /** The address in the form that limits use: IPv6 as a prefix, mapped IPv4 as IPv4. */
  address: string;
  /** Whether the client used TLS, to this process or to a trusted proxy. */
  isSecure: boolean;
  /** The host that the client asked for. */
  host: string;
}

type ProxyOptions = Pick<ResolvedOptions, 'trustedProxies' | 'ipv6Prefix' | 'forwardedHeader'>;

/**
 * Finds the client behind trusted proxies: the last hop that is not trusted. Only information from trusted hops counts.
 * Only one kind of header is used, because a proxy may pass on the other one from the client.
 */
export class ClientAddressResolver {
  private readonly trusted: readonly Range[];
  private readonly trustsUnix: boolean;
  private readonly ipv6Prefix: number;
  private readonly reportOf: (request: UpgradeRequest) => ForwardingReport;

  constructor({ trustedProxies, ipv6Prefix, forwardedHeader }: ProxyOptions) {
    this.trusted = trustedProxies
      .filter((entry) => entry !== UNIX)
      .flatMap((entry) => NAMED_RANGES[entry] ?? [entry])
      .map(rangeOf);
    this.trustsUnix = trustedProxies.includes(UNIX);
    this.ipv6Prefix = ipv6Prefix;
    this.reportOf = forwardedHeader === 'forwarded' ? forwarded : xForwarded;
  }

  resolve(request: UpgradeRequest): ClientOrigin {
    const nearest = request.isUnix ? UNIX : request.remoteAddress;
    const direct = {
      address: this.limitAddress(nearest),
      isSecure: request.isSecure,
      host: request.only('host') ?? '',
    };
    if (!this.isTrusted(nearest)) return direct;
    const report = this.reportOf(request);
    const { address, believed } = this.farthest(nearest, report.hops);
    return {
      address: this.limitAddress(address),
      isSecure: report.isSecure(believed) ?? direct.isSecure,
      host: report.host(believed) ?? direct.host,
    };
  }

  /**
   * Walks over the reported hops, starting at the nearest, while they are trusted. If an entry is not an address, the
   * result is the hop that reported it.
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
    if (text === UNIX) return this.trustsUnix;
    if (this.trusted.length === 0) return false;
    const address = parsedAddress(text);
    return (
      address !== undefined &&
      this.trusted.some(
        ([network, bits]) => address.kind() === network.kind() && address.match(network, bits),
      )
    );
  }

  private limitAddress(text: string): string {
    return text === '' ? 'unknown' : limitAddress(text, this.ipv6Prefix);
  }
}

/** Turns a range of mapped IPv4 addresses into a range of IPv4 addresses. */
function rangeOf(text: string): Range {
  const [address = '', prefix] = text.split('/');
  const parsed = ipaddr.parse(address);
  const bits = prefix === undefined ? parsed.toByteArray().length * 8 : Number(prefix);
  if (parsed instanceof ipaddr.IPv6 && parsed.isIPv4MappedAddress() && bits >= 96) {
    return [parsed.toIPv4Address(), bits - 96];
  }
  return [parsed, bits] as Range;
}
