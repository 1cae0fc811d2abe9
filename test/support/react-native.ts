import { readFileSync } from 'node:fs';
import { createContext, runInContext } from 'node:vm';
import { WebSocket } from 'ws';

type Client = typeof import('nestjs-ws-security/client');

/** Like the `URL` of React Native 0.76 and earlier: most getters throw, nothing can be set, and the path grows. */
class EarlyUrl {
  private readonly text: string;

  constructor(url: string, base?: string) {
    if (base !== undefined && !/^https?:/.test(base)) throw new TypeError(`Invalid base URL: ${base}`);
    this.text = url.endsWith('/') || /[?#]/.test(url) ? url : `${url}/`;
  }

  get href(): string {
    return this.text;
  }

  toString(): string {
    return this.text;
  }
}

for (const name of [
  'hash',
  'host',
  'hostname',
  'origin',
  'pathname',
  'port',
  'protocol',
  'search',
  'searchParams',
])
  Object.defineProperty(EarlyUrl.prototype, name, {
    get: () => {
      throw new Error(`URL.${name} is not implemented`);
    },
  });

/** Like the `URL` of React Native 0.88: it has getters, and validates nothing. */
class LateUrl {
  private readonly text: string;

  constructor(url: string) {
    this.text = /^\w+:\/\/[^/?#]*$/.test(url) ? `${url}/` : url;
  }

  get href(): string {
    return this.text;
  }

  get protocol(): string {
    return /^[\w+.-]+:/.exec(this.text)?.[0] ?? '';
  }

  get hash(): string {
    return /#.*/.exec(this.text)?.[0] ?? '';
  }

  toString(): string {
    return this.text;
  }
}

/** As in React Native, `close()` without a code sends 1000. */
class NativeSocket extends WebSocket {
  override close(code = 1000, reason = ''): void {
    super.close(code, reason);
  }
}

export const URLS = { early: EarlyUrl, late: LateUrl };

/** The exports of the built client, loaded with the globals that React Native has, and no others. */
export function inReactNative(url: keyof typeof URLS): Client {
  const module = { exports: {} };
  const context = createContext({
    module,
    console,
    setTimeout,
    clearTimeout,
    TextEncoder,
    URL: URLS[url],
    WebSocket: NativeSocket,
    navigator: { product: 'ReactNative' },
  });
  runInContext('globalThis.window = globalThis.self = globalThis; "use strict";', context);
  runInContext(readFileSync('dist-client/cjs/index.js', 'utf8'), context);
  return module.exports as Client;
}
