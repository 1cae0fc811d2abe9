import type { UpgradeRequest } from './upgrade-request.js';
import { HandshakeRefusal } from '../errors/handshake.refusal.js';
import { isPort } from '../options/address-parsers.js';

// 16 bytes in base64 (RFC 6455 §4.1).
const KEY = /^[A-Za-z0-9+/]{22}==$/;
// RFC 9110 §5.6.2.
const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
// A host and an optional port (RFC 9110 §7.2). Does not match anything that a URL parser would have to repair.
const HOST = /^(?:[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(?::(\d+))?$/;

/** The refusal of a request that is not a valid opening handshake (RFC 6455 §4.2.1); undefined if it is valid. */
export function shapeRefusalOf(request: UpgradeRequest): HandshakeRefusal | undefined {
  if (!isUpgrade(request)) return new HandshakeRefusal('BAD_HANDSHAKE');
  if (request.only('sec-websocket-version') === '13') return undefined;
  return new HandshakeRefusal('UNSUPPORTED_VERSION', { 'Sec-WebSocket-Version': '13' });
}

/** Whether the text is a valid host: a name or an address, and optionally a port. */
export function isHost(text: string): boolean {
  const match = HOST.exec(text);
  return match !== null && (match[1] === undefined || isPort(match[1]));
}

function isUpgrade(request: UpgradeRequest): boolean {
  return (
    request.method === 'GET' &&
    request.raw.httpVersion === '1.1' &&
    hasNoBody(request) &&
    isHost(request.only('host') ?? '') &&
    request.only('upgrade')?.toLowerCase() === 'websocket' &&
    asksForUpgrade(request) &&
    KEY.test(request.only('sec-websocket-key') ?? '') &&
    request.all('sec-websocket-version').length === 1 &&
    request.all('origin').length <= 1 &&
    hasValidProtocols(request)
  );
}

/** Most clients send only `Upgrade` in this header. */
function asksForUpgrade(request: UpgradeRequest): boolean {
  return (
    request.only('connection') === 'Upgrade' ||
    request.entries('connection').some((entry) => entry.toLowerCase() === 'upgrade')
  );
}

function hasNoBody(request: UpgradeRequest): boolean {
  return (
    request.all('transfer-encoding').length === 0 &&
    request.all('content-length').every((length) => length.trim() === '0')
  );
}

/** RFC 6455 §4.1: tokens without duplicates. */
function hasValidProtocols(request: UpgradeRequest): boolean {
  const lines = request.all('sec-websocket-protocol');
  if (lines.length === 0) return true;
  const entries = lines.flatMap((line) => line.split(',')).map((entry) => entry.trim());
  return new Set(entries).size === entries.length && entries.every((entry) => TOKEN.test(entry));
}
