import { GATEWAY_OPTIONS, PORT_METADATA } from '../../nest/metadata-keys.js';

/** The decorator of an unsecured gateway, `@WebSocketGateway()`. */
export interface UnsecuredGatewayOptions {
  /** 0 for the port of the application. */
  readonly port: number;
  /** The path that clients request; undefined if the gateway takes every path of its port. */
  readonly path: string | undefined;
  /** All options as they were given, of any type. */
  readonly given: Readonly<Record<string, unknown>>;
}

export function unsecuredOptionsOf(gateway: object): UnsecuredGatewayOptions {
  const given = (Reflect.getMetadata(GATEWAY_OPTIONS, gateway) ?? {}) as Record<string, unknown>;
  const port = (Reflect.getMetadata(PORT_METADATA, gateway) as number | undefined) || 0;
  return { port, path: requestedPath(given['path'], port), given };
}

/** The path as the `WsAdapter` of Nest compares it: with a leading slash and without trailing ones. */
function requestedPath(path: unknown, port: number): string | undefined {
  if (typeof path !== 'string' || path === '') return port === 0 ? '/' : undefined;
  return `/${path}`.replace(/\/+$/, '').replace(/\/{2,}/g, '/') || '/';
}
