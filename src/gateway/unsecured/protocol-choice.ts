import type { IncomingMessage } from 'node:http';
import type { ServerOptions } from 'ws';
import { isBearerEntry, isResumeEntry, WS_SECURITY_PROTOCOL } from '../../protocol/subprotocol.js';
import type { UnsecuredGatewayOptions } from './unsecured-options.js';

/** The option `handleProtocols` of `ws`. */
type HandleProtocols = (offered: Set<string>, request: IncomingMessage) => unknown;

/**
 * The server option for the `handleProtocols` of an unsecured gateway. It cannot send a credential back, nor choose the
 * protocol of this module, which the gateway does not speak.
 */
export function protocolChoiceOf({ given }: UnsecuredGatewayOptions): Pick<ServerOptions, 'handleProtocols'> {
  const choose = given['handleProtocols'] as HandleProtocols | undefined;
  if (!choose) return {};
  return {
    handleProtocols: (offered, request) => {
      const chosen = choose(offered, request);
      return typeof chosen === 'string' && isHarmless(chosen) ? chosen : false;
    },
  };
}

function isHarmless(entry: string): boolean {
  return !isBearerEntry(entry) && !isResumeEntry(entry) && entry !== WS_SECURITY_PROTOCOL;
}
