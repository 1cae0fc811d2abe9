import type { CanActivate, Type } from '@nestjs/common';
import type { WsConnectGuard } from '../handshake/ws-connect.guard.js';

/** What `@SecureGateway()` takes. @publicApi */
export interface SecureGatewayOptions {
  /** The path clients connect to, compared byte for byte. */
  path: string;
  /** A port of its own; without one the gateway shares the application's. */
  port?: number;
  /** Lets clients without a credential in, as anonymous. What they may send is still for `@WsPublic()` to say. */
  public?: boolean;
  /** Application subprotocols in order of preference; left out, the client's first is chosen. */
  protocols?: readonly string[];
  /** Decisions before `101`, asked after those of the module. */
  connectGuards?: readonly Type<WsConnectGuard>[];
  /** Guards that run after the built-in ones and the module's. A subclass of a built-in guard takes its place. */
  guards?: readonly Type<CanActivate>[];
}

/** The port a gateway is bound to; 0 for that of the application. */
export function portOf({ port }: Pick<SecureGatewayOptions, 'port'>): number {
  return Number.isInteger(port) ? (port as number) : 0;
}
