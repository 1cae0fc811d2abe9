import { WebSocket } from 'ws';
import { resolveSettings } from './client-settings.js';
import { host } from './host.js';

describe('resolveSettings', () => {
  it.each([
    ['ws://example.com/ws', 'ws://example.com/ws'],
    ['wss://example.com/ws?room=1', 'wss://example.com/ws?room=1'],
    ['http://example.com/ws', 'ws://example.com/ws'],
    ['HTTP://EXAMPLE.com/ws', 'ws://example.com/ws'],
    [' \nw\tss://example.com/ws', 'wss://example.com/ws'],
    ['https://example.com:8443/ws', 'wss://example.com:8443/ws'],
    ['wss://example.com/ws#top', 'wss://example.com/ws'],
  ])('turns %s into %s', (given, url) => {
    expect(resolveSettings({ url: given, WebSocket }).url).toBe(url);
    expect(resolveSettings({ url: new URL(given), WebSocket }).url).toBe(url);
  });

  it('resolves a relative URL against the page', () => {
    host.location = { href: 'https://example.com/chat/room' };
    try {
      expect(resolveSettings({ url: '/ws', WebSocket }).url).toBe('wss://example.com/ws');
    } finally {
      delete host.location;
    }
  });

  it('refuses ws: on a page that came over https:', () => {
    host.location = { href: 'https://example.com/chat' };
    try {
      expect(resolveSettings({ url: 'wss://other.example/ws', WebSocket }).url).toBe(
        'wss://other.example/ws',
      );
      for (const url of ['ws://example.com/ws', 'http://example.com/ws'])
        expect(() => resolveSettings({ url, WebSocket })).toThrow(/^url: got ws:, may be wss:$/);
    } finally {
      delete host.location;
    }
  });

  it('refuses a URL that no WebSocket can have', () => {
    expect(() => resolveSettings({ url: 'ftp://example.com', WebSocket })).toThrow(
      /^url: got ftp:, may be wss: or ws:$/,
    );
    expect(() => resolveSettings({ url: 'nonsense', WebSocket })).toThrow('Invalid URL');
  });

  it('names an invalid duration', () => {
    const url = 'ws://example.com';
    expect(() => resolveSettings({ url, WebSocket, requestTimeoutMs: -1 })).toThrow(
      /^requestTimeoutMs: got -1/,
    );
    for (const name of ['connectTimeoutMs', 'queueSize', 'maxMessageLength'])
      expect(() => resolveSettings({ url, WebSocket, [name]: -1 })).toThrow(`${name}: got -1`);
    expect(() => resolveSettings({ url, WebSocket, backoff: { baseMs: Number.NaN } })).toThrow(
      /^baseMs: got NaN/,
    );
  });

  it('fills in defaults for missing and undefined settings', () => {
    const given = { url: 'ws://example.com', WebSocket, backoff: { maxMs: 7 }, queueSize: undefined };
    expect(resolveSettings(given as never)).toMatchObject({
      baseMs: 500,
      maxMs: 7,
      stableMs: 5_000,
      requestTimeoutMs: 10_000,
      connectTimeoutMs: 10_000,
      queueSize: 0,
      maxMessageLength: 1_048_576,
    });
  });

  it('throws with a hint when the runtime has no WebSocket', () => {
    const { WebSocket: given } = host;
    delete host.WebSocket;
    try {
      expect(() => resolveSettings({ url: 'ws://example.com' })).toThrow('No WebSocket: pass that of ws');
    } finally {
      if (given) host.WebSocket = given;
    }
  });

  it('uses the WebSocket of the runtime', () => {
    const { WebSocket: given } = host;
    host.WebSocket = WebSocket;
    try {
      expect(resolveSettings({ url: 'ws://example.com' }).WebSocket).toBe(WebSocket);
    } finally {
      if (given) host.WebSocket = given;
      else delete host.WebSocket;
    }
  });
});
