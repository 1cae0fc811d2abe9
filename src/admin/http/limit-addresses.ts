import { Injectable } from '@nestjs/common';
import { limitAddress, parsedAddress } from '../../connection/limit-address.js';
import { UNIX } from '../../options/address-parsers.js';
import type { ResolvedOptions } from '../../options/options.schema.js';
import { InjectSecurityOptions } from '../../options/options.token.js';
import { OperatorError } from './operator.error.js';

/** Addresses as operators know them, from a log or a ticket, in the form of limits and bans. */
@Injectable()
export class LimitAddresses {
  private readonly ipv6Prefix: number;

  constructor(@InjectSecurityOptions() { ipv6Prefix }: ResolvedOptions) {
    this.ipv6Prefix = ipv6Prefix;
  }

  /** For a filter: what is no address finds nothing. */
  found<T extends { readonly address?: string | undefined }>(filter: T): T {
    const { address } = filter;
    return address === undefined ? filter : { ...filter, address: limitAddress(address, this.ipv6Prefix) };
  }

  /** For a ban, which would have no effect in any other form. @throws OperatorError */
  banned(address: string): string {
    const [network = '', prefix] = address.split('/');
    const isKnown =
      address === UNIX ||
      (prefix === undefined
        ? parsedAddress(address) !== undefined
        : limitAddress(network, this.ipv6Prefix) === address);
    if (!isKnown)
      throw new OperatorError(
        'BAD_REQUEST',
        `address: must be an IP address, or an IPv6 prefix of ${this.ipv6Prefix} bits as the lists show it`,
      );
    return limitAddress(address, this.ipv6Prefix);
  }
}
