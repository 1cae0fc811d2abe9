import { SubscribeMessage } from '@nestjs/websockets';
import { CurrentPrincipal, type Principal, SecureGateway, WsRoles, WsScopes } from 'nestjs-ws-security';

@SecureGateway({ path: '/ws' })
export class WhoGateway {
  static hooked = 0;
  static served = 0;

  handleConnection(): void {
    WhoGateway.hooked += 1;
  }

  @SubscribeMessage('who')
  who(@CurrentPrincipal() { id, issuer, kind, roles, scopes }: Principal): object {
    return { id, issuer, kind, roles, scopes };
  }

  @WsRoles('service')
  @WsScopes('chat:read')
  @SubscribeMessage('read')
  read(): boolean {
    WhoGateway.served += 1;
    return true;
  }

  @WsScopes('chat:write')
  @SubscribeMessage('write')
  write(): boolean {
    return true;
  }
}
