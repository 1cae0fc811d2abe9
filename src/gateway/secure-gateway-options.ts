import type { CanActivate, Type } from '@nestjs/common';
import type { WsConnectGuard } from '../handshake/ws-connect.guard.js';

/** Key of the options among the metadata of a gateway. */
export const SECURE_GATEWAY = 'ws-security:gateway';

/** Options of `@SecureGateway()`. @publicApi */
export interface SecureGatewayOptions {
  /** The path that clients connect to, compared byte for byte. */
  path: string;
  /** The port of the gateway. Default: the port of the application. */
  port?: number;
  /** Accepts clients without a credential as anonymous. They may send only messages that `@WsPublic()` allows. */
  public?: boolean;
  /** Application subprotocols in order of preference. Default: the first one that the client offers. */
  protocols?: readonly string[];
  /** Guards that decide before `101`. They run after those of the module. */
  connectGuards?: readonly Type<WsConnectGuard>[];
  /** Guards that run after the built-in ones and the module's. A subclass of a built-in guard takes its place. */
  guards?: readonly Type<CanActivate>[];
}

/** The port of a gateway; 0 for that of the application. */
export function portOf({ port }: Pick<SecureGatewayOptions, 'port'>): number {
  return Number.isInteger(port) ? (port as number) : 0;
}
