import type { IncomingMessage } from 'node:http';
import {
  type ArgumentsHost,
  type CanActivate,
  Catch,
  type ExecutionContext,
  HttpException,
  Injectable,
  SetMetadata,
  UseFilters,
  UseGuards,
  UsePipes,
  ValidationPipe,
} from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { JwtService } from '@nestjs/jwt';
import { Throttle, ThrottlerGuard, type ThrottlerRequest } from '@nestjs/throttler';
import {
  BaseWsExceptionFilter,
  MessageBody,
  type OnGatewayConnection,
  SubscribeMessage,
  WebSocketGateway,
  WsException,
  type WsResponse,
} from '@nestjs/websockets';
import type { WebSocket } from 'ws';
import { OrderDto, ShopIsOpenGuard } from './orders.js';

interface User {
  sub: string;
  roles?: string[];
}

interface Client extends WebSocket {
  user?: User;
  address?: string;
}

const Roles = (...roles: string[]) => SetMetadata('roles', roles);

@Injectable()
class AuthGuard implements CanActivate {
  constructor(private readonly reflector: Reflector) {}

  canActivate(context: ExecutionContext): boolean {
    const { user } = context.switchToWs().getClient<Client>();
    if (!user) throw new WsException('unauthorized');
    const roles = this.reflector.get<string[] | undefined>('roles', context.getHandler());
    return !roles || roles.some((role) => user.roles?.includes(role));
  }
}

@Injectable()
class MessageThrottlerGuard extends ThrottlerGuard {
  override async handleRequest(request: ThrottlerRequest): Promise<boolean> {
    const { context, limit, ttl, throttler, blockDuration, generateKey } = request;
    const tracker = context.switchToWs().getClient<Client>().address ?? '';
    const name = throttler.name ?? 'default';
    const key = generateKey(context, tracker, name);
    const hits = await this.storageService.increment(key, ttl, limit, blockDuration, name);
    if (hits.isBlocked) await this.throwThrottlingException(context, { limit, ttl, key, tracker, ...hits });
    return true;
  }
}

@Catch(HttpException)
class HttpErrorFilter extends BaseWsExceptionFilter {
  override catch({ message }: HttpException, host: ArgumentsHost): void {
    const ws = host.switchToWs();
    const cause = { pattern: ws.getPattern(), data: ws.getData<unknown>() };
    this.handleError(ws.getClient<Client>(), new WsException(message), cause);
  }
}

@UseFilters(HttpErrorFilter)
@UseGuards(AuthGuard, MessageThrottlerGuard, ShopIsOpenGuard)
@UsePipes(new ValidationPipe({ whitelist: true, exceptionFactory: (errors) => new WsException(errors) }))
@WebSocketGateway({ path: '/orders' })
export class RecipeOrdersGateway implements OnGatewayConnection {
  constructor(private readonly jwt: JwtService) {}

  handleConnection(client: Client, request: IncomingMessage): void {
    client.address = request.socket.remoteAddress ?? '';
    const [, token = ''] = (request.headers.authorization ?? '').split(' ');
    try {
      client.user = this.jwt.verify<User>(token);
    } catch {
      client.close(4401, 'unauthorized');
    }
  }

  @Throttle({ default: { limit: 2, ttl: 60_000 } })
  @SubscribeMessage('order.place')
  place(@MessageBody() { item, count }: OrderDto): WsResponse {
    return { event: 'order.placed', data: { item, count } };
  }

  @Roles('manager')
  @SubscribeMessage('order.cancel')
  cancel(): WsResponse {
    return { event: 'order.cancelled', data: null };
  }
}
