import { WebSocket } from 'ws';
import { resolveSettings } from './client-settings.js';
import { host } from './host.js';

describe('resolveSettings', () => {
  it.each([
    ['ws://example.com/ws', 'ws://example.com/ws'],
    ['wss://example.com/ws?room=1', 'wss://example.com/ws?room=1'],
    ['http://example.com/ws', 'ws://example.com/ws'],
    ['https://example.com:8443/ws', 'wss://example.com:8443/ws'],
    ['wss://example.com/ws#top', 'wss://example.com/ws'],
  ])('turns %s into %s', (given, url) => {
    expect(resolveSettings({ url: given, WebSocket }).url).toBe(url);
    expect(resolveSettings({ url: new URL(given), WebSocket }).url).toBe(url);
  });

  it('reads a relative URL against the page', () => {
    host.location = { href: 'https://example.com/chat/room' };
    try {
      expect(resolveSettings({ url: '/ws', WebSocket }).url).toBe('wss://example.com/ws');
    } finally {
      delete host.location;
    }
  });

  it('refuses a URL no WebSocket can have', () => {
    expect(() => resolveSettings({ url: 'ftp://example.com', WebSocket })).toThrow(
      /^url: got the scheme ftp:/,
    );
    expect(() => resolveSettings({ url: 'nonsense', WebSocket })).toThrow('Invalid URL');
  });

  it('names the duration that is none', () => {
    const url = 'ws://example.com';
    expect(() => resolveSettings({ url, WebSocket, requestTimeoutMs: -1 })).toThrow(
      /^requestTimeoutMs: got -1/,
    );
    expect(() => resolveSettings({ url, WebSocket, backoff: { baseMs: Number.NaN } })).toThrow(
      /^backoff\.baseMs: got NaN/,
    );
  });

  it('says what to do where the runtime has no WebSocket', () => {
    const { WebSocket: given } = host;
    delete host.WebSocket;
    try {
      expect(() => resolveSettings({ url: 'ws://example.com' })).toThrow(/import \{ WebSocket \} from 'ws'/);
    } finally {
      if (given) host.WebSocket = given;
    }
  });

  it('takes the WebSocket of the runtime', () => {
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
