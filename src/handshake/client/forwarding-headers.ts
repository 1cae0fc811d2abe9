import type { UpgradeRequest } from '../upgrade-request.js';
import { forwardedElements } from './forwarded.js';

/** The information that the hops between a client and this process have added. */
export interface ForwardingReport {
  /** Address that each hop got its request from, starting at the client. */
  readonly hops: readonly string[];
  /**
   * @param believed number of trusted hops, counted from the end
   * @returns whether the client used TLS; undefined if no hop states it
   */
  isSecure(believed: number): boolean | undefined;
  /** The host that the client asked for, from the nearest trusted hop that states it. */
  host(believed: number): string | undefined;
}

/** Names of TLS: some proxies use the scheme of WebSockets (RFC 6455 §3). */
const SECURE_SCHEMES = new Set(['https', 'wss']);

/** `X-Forwarded-For`, `-Proto` and `-Host`. The latter two do not show which hop wrote an entry. */
export function xForwarded(request: UpgradeRequest): ForwardingReport {
  return {
    hops: request.entries('x-forwarded-for').map(withoutPort),
    isSecure: () => allSecure(request.entries('x-forwarded-proto')),
    host: () => request.entries('x-forwarded-host').at(-1),
  };
}

/** `Forwarded` (RFC 7239). Each element is from one hop. */
export function forwarded(request: UpgradeRequest): ForwardingReport {
  const elements = forwardedElements(request.all('forwarded'));
  const believedOnes = (count: number) => elements.slice(Math.max(0, elements.length - count));
  return {
    hops: elements.map((element) => withoutPort(element?.get('for') ?? '')),
    isSecure: (believed) => {
      // An unreadable element may state that there was no TLS.
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

/** Whether all stated schemes are secure, even if the last hop used TLS; undefined if there are none. */
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
