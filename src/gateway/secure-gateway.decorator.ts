import { applyDecorators, SetMetadata, type Type, UsePipes } from '@nestjs/common';
import { WebSocketGateway } from '@nestjs/websockets';
import { EXCEPTION_FILTERS_METADATA, GUARDS_METADATA, PIPES_METADATA } from '../nest/metadata-keys.js';
import { GatewayFilter, GatewayPipe } from './enhancers/gateway-enhancers.js';
import { WsGuardChain } from './guards/ws-guard-chain.js';
import { portOf, SECURE_GATEWAY, type SecureGatewayOptions } from './secure-gateway-options.js';

/**
 * Makes a class a WebSocket gateway with all protections of this module.
 *
 * @publicApi
 */
export function SecureGateway(options: SecureGatewayOptions): ClassDecorator {
  // Problems of the options are reported at the start of the application, together with all others.
  const given = (typeof options === 'object' ? { ...options } : {}) as SecureGatewayOptions;
  const path = withSlash(given.path);
  return applyDecorators(
    WebSocketGateway(portOf(given), { path }),
    ahead(GUARDS_METADATA, WsGuardChain),
    withPipe,
    ahead(EXCEPTION_FILTERS_METADATA, GatewayFilter),
    SetMetadata(SECURE_GATEWAY, { ...given, path }),
  );
}

function withSlash(path: unknown): string {
  return typeof path === 'string' && !path.startsWith('/') ? `/${path}` : (path as string);
}

/** Adds the pipe once, also if the class extends a gateway: a body would be transformed twice otherwise. */
function withPipe(target: object): void {
  const pipes = (Reflect.getMetadata(PIPES_METADATA, target) ?? []) as unknown[];
  if (!pipes.includes(GatewayPipe)) UsePipes(GatewayPipe)(target as never);
}

/**
 * Adds an enhancer before all others on the class, above or below. Guards are called in this order and filters in the
 * reverse order. So our guards run first, and a filter of the application runs before ours, which catches everything.
 */
function ahead(key: string, type: Type): ClassDecorator {
  return (target) => {
    const others = ((Reflect.getMetadata(key, target) ?? []) as unknown[]).filter((other) => other !== type);
    Reflect.defineMetadata(key, [type, ...others], target);
  };
}
