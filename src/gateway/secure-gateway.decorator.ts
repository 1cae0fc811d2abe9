import {
  applyDecorators,
  type CanActivate,
  SetMetadata,
  type Type,
  UseFilters,
  UseGuards,
  UsePipes,
} from '@nestjs/common';
import { WebSocketGateway } from '@nestjs/websockets';
import { WsAuthGuard } from '../auth/ws-auth.guard.js';
import { WsAuthorizationGuard } from '../auth/ws-authorization.guard.js';
import type { WsConnectGuard } from '../handshake/ws-connect.guard.js';
import { WsExceptionFilter } from '../messages/ws-exception.filter.js';
import { WsThrottlerGuard } from '../throttling/ws-throttler.guard.js';
import { WsValidationPipe } from '../validation/ws-validation.pipe.js';

/** @publicApi */
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
  /** Guards that run after the built-in ones. A subclass of a built-in guard takes its place. */
  guards?: readonly Type<CanActivate>[];
}

export const SECURE_GATEWAY = 'ws-security:gateway';

/** Who you are, how often, what you may: refused attempts count too. */
const BUILT_IN: readonly Type<CanActivate>[] = [WsAuthGuard, WsThrottlerGuard, WsAuthorizationGuard];

/**
 * `@WebSocketGateway` with every protection of this module on it.
 *
 * @publicApi
 */
export function SecureGateway(options: SecureGatewayOptions): ClassDecorator {
  const path = options.path.startsWith('/') ? options.path : `/${options.path}`;
  return applyDecorators(
    WebSocketGateway(options.port ?? 0, { path }),
    UseGuards(...guardsOf(options.guards ?? [])),
    UsePipes(WsValidationPipe),
    UseFilters(WsExceptionFilter),
    SetMetadata(SECURE_GATEWAY, { ...options, path }),
  );
}

function guardsOf(own: readonly Type<CanActivate>[]): Type<CanActivate>[] {
  const chain = BUILT_IN.map((builtIn) => own.find((guard) => guard.prototype instanceof builtIn) ?? builtIn);
  return [...chain, ...own.filter((guard) => !chain.includes(guard))];
}
