import type { ResolvedOptions } from '../../options/options.schema.js';
import { CloseCode } from '../../protocol/close-code.enum.js';
import { HANDSHAKE_STATUS } from '../../protocol/handshake-code.js';
import { reconnectAdvice } from '../../protocol/reconnect-advice.js';
import { WS_SECURITY_PROTOCOL } from '../../protocol/subprotocol.js';

/** What holds for every channel and has no place in AsyncAPI: bounds of messages, close codes, refused handshakes. */
export function protocolFacts(options: ResolvedOptions): Readonly<Record<string, unknown>> {
  const { maxPayloadBytes, maxJsonDepth, maxJsonNodes, maxArrayLength, frameRate, frameBurst, byteRate } =
    options;
  return {
    bounds: {
      payloadBytes: maxPayloadBytes,
      jsonDepth: maxJsonDepth,
      jsonNodes: maxJsonNodes,
      arrayLength: maxArrayLength,
      refusedNames: ['__proto__', 'constructor', 'prototype'],
      framesPerSecond: frameRate,
      frameBurst,
      bytesPerSecond: byteRate,
    },
    closeCodes: Object.entries(CloseCode)
      .map(([name, code]) => ({ code, name, reconnect: reconnectAdvice(code) }))
      .toSorted((one, other) => one.code - other.code),
    refusedHandshakes: Object.entries(HANDSHAKE_STATUS).map(([code, status]) => ({ status, code })),
    subprotocol: WS_SECURITY_PROTOCOL,
  };
}
