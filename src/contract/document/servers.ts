import type { Part } from './channel.js';

/** The servers of the options. Their security is that of each operation. */
export function serversOf(urls: Readonly<Record<string, string>>): Map<string, Part> {
  return new Map(
    Object.entries(urls).map(([name, url]) => {
      const { host, protocol, pathname } = new URL(url);
      const path = pathname.replace(/\/$/, '');
      return [name, { host, protocol: protocol.slice(0, -1), ...(path !== '' && { pathname: path }) }];
    }),
  );
}
