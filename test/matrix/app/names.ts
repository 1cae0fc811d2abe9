import {
  type ConnectionRegistry,
  CurrentPrincipal,
  onEvent,
  type Principal,
  WsAuthGuard,
  WsConnectGuard,
  WsExceptionFilter,
  type WsSecurityOptions,
  WsThrottlerGuard,
  WsValidationPipe,
} from 'nestjs-ws-security';
import { type ClientStatus, WsClient } from 'nestjs-ws-security/client';
import * as redis from 'nestjs-ws-security/redis';
import { startTestApp, type TestApp } from 'nestjs-ws-security/testing';

export class OwnGuard extends WsAuthGuard {}
export class OwnThrottler extends WsThrottlerGuard {}
export class OwnPipe extends WsValidationPipe {}
export class OwnFilter extends WsExceptionFilter {}

interface Events {
  requests: { whoami: { reply: { id: string | null; roles: readonly string[] } } };
  pushes: { renamed: { at: Date } };
}

export class Gateway {
  @(onEvent<Events>()('whoami'))
  whoami(@CurrentPrincipal() { id, roles }: Principal): { id: string | null; roles: readonly string[] } {
    return { id, roles };
  }
}

export const options: WsSecurityOptions = { rateLimit: 5 };
export const statusOf = (client: WsClient): ClientStatus => client.status;
export const renamed = (registry: ConnectionRegistry): Promise<void> =>
  registry.typed<Events>().broadcast('renamed', { at: new Date() });
export const rolesOf = async (client: WsClient<Events>): Promise<readonly string[]> =>
  (await client.request('whoami')).roles;
export const start = (): Promise<TestApp> => startTestApp({ gateways: [Gateway] });
export { redis, WsConnectGuard };
