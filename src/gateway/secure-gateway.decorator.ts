import { applyDecorators, SetMetadata, type Type, UsePipes } from '@nestjs/common';
import { WebSocketGateway } from '@nestjs/websockets';
import { EXCEPTION_FILTERS_METADATA, GUARDS_METADATA, PIPES_METADATA } from '../nest/metadata-keys.js';
import { GatewayFilter, GatewayPipe } from './enhancers/gateway-enhancers.js';
import { WsGuardChain } from './guards/ws-guard-chain.js';
import { portOf, type SecureGatewayOptions } from './secure-gateway-options.js';

export const SECURE_GATEWAY = 'ws-security:gateway';

/**
 * `@WebSocketGateway` with every protection of this module on it.
 *
 * @publicApi
 */
export function SecureGateway(options: SecureGatewayOptions): ClassDecorator {
  // What is wrong with them is said when the application starts, together with everything else.
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

/** Once, also where the class extends a gateway: a body that went through twice would be transformed twice. */
function withPipe(target: object): void {
  const pipes = (Reflect.getMetadata(PIPES_METADATA, target) ?? []) as unknown[];
  if (!pipes.includes(GatewayPipe)) UsePipes(GatewayPipe)(target as never);
}

/**
 * Before what else is on the class, above or below: guards are asked in this order and filters in the opposite one, so
 * that nothing goes before our guards, and a filter of the application's before ours, which catches everything.
 */
function ahead(key: string, type: Type): ClassDecorator {
  return (target) => {
    const others = ((Reflect.getMetadata(key, target) ?? []) as unknown[]).filter((other) => other !== type);
    Reflect.defineMetadata(key, [type, ...others], target);
  };
}
