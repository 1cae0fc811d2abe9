import type { UpgradeRequest } from '../upgrade-request.js';
import { forwardedElements } from './forwarded.js';

/** What the hops between a client and this process have reported. */
export interface ForwardingReport {
  /** The address that each hop had its request from, the client's end first. */
  readonly hops: readonly string[];
  /**
   * @param believed how many of the last hops are believed
   * @returns whether the client spoke TLS, as far as anybody says so
   */
  isSecure(believed: number): boolean | undefined;
  /** The host the client asked for, as the nearest believed hop says. */
  host(believed: number): string | undefined;
}

/** What proxies call TLS: some name the scheme of WebSockets (RFC 6455 §3). */
const SECURE_SCHEMES = new Set(['https', 'wss']);

/** `X-Forwarded-For`, `-Proto` and `-Host`; who wrote an entry of the latter two cannot be told. */
export function xForwarded(request: UpgradeRequest): ForwardingReport {
  return {
    hops: request.entries('x-forwarded-for').map(withoutPort),
    isSecure: () => allSecure(request.entries('x-forwarded-proto')),
    host: () => request.entries('x-forwarded-host').at(-1),
  };
}

/** `Forwarded` (RFC 7239). Each element is one hop's own. */
export function forwarded(request: UpgradeRequest): ForwardingReport {
  const elements = forwardedElements(request.all('forwarded'));
  const believedOnes = (count: number) => elements.slice(Math.max(0, elements.length - count));
  return {
    hops: elements.map((element) => withoutPort(element?.get('for') ?? '')),
    isSecure: (believed) => {
      // One that cannot be read might say that it was not.
      const schemes = believedOnes(believed).map((element) =>
        element ? element.get('proto') : 'unreadable',
      );
      return allSecure(schemes.filter((scheme) => scheme !== undefined));
    },
    host: (believed) =>
      believedOnes(believed)
        .map((element) => element?.get('host'))
        .findLast((host) => host !== undefined),
  };
}

/** Every hop that spoke up must have said so, also when the last one came here by TLS; undefined when none did. */
function allSecure(schemes: readonly string[]): boolean | undefined {
  if (schemes.length === 0) return undefined;
  return schemes.every((scheme) => SECURE_SCHEMES.has(scheme.toLowerCase()));
}

/** A port is a number, or an obfuscated one (RFC 7239 §6). */
function withoutPort(hop: string): string {
  const bracketed = /^\[([^\]]*)\](?::(?:\d+|_[\w.-]+))?$/.exec(hop);
  if (bracketed) return bracketed[1] as string;
  return hop.replace(/^([\d.]+):(?:\d+|_[\w.-]+)$/, '$1');
}
