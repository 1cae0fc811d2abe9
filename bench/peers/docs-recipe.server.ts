import 'reflect-metadata';
import type { IncomingMessage, Server } from 'node:http';
import {
  type CanActivate,
  type ExecutionContext,
  Injectable,
  Module,
  SetMetadata,
  UseGuards,
  UsePipes,
  ValidationPipe,
} from '@nestjs/common';
import { NestFactory, Reflector } from '@nestjs/core';
import { JwtModule, JwtService } from '@nestjs/jwt';
import { WsAdapter } from '@nestjs/platform-ws';
import { Throttle, ThrottlerGuard, ThrottlerModule, type ThrottlerRequest } from '@nestjs/throttler';
import {
  MessageBody,
  type OnGatewayConnection,
  SubscribeMessage,
  WebSocketGateway,
  WsException,
  type WsResponse,
} from '@nestjs/websockets';
import { IsString, MaxLength } from 'class-validator';
import type { WebSocket } from 'ws';
import { measured, SCARCE, settings } from '../servers/measured.js';
import { serverKeys } from '../servers/tls.js';

// A protected gateway according to Nest's documentation and the README of its throttler.

interface User {
  sub: string;
  roles?: string[];
}

interface Client extends WebSocket {
  user?: User;
  connection?: string;
  _socket: { remoteAddress: string };
}

const byAddress = process.env['BENCH_TRACKER'] === 'address';
let connections = 0;

const Roles = (...roles: string[]) => SetMetadata('roles', roles);

class EchoDto {
  @IsString()
  @MaxLength(100)
  text!: string;
}

@Injectable()
class AuthGuard implements CanActivate {
  constructor(private readonly reflector: Reflector) {}

  canActivate(context: ExecutionContext): boolean {
    const { user } = context.switchToWs().getClient<Client>();
    if (!user) throw new WsException('Unauthorized');
    const places = [context.getHandler(), context.getClass()];
    const roles = this.reflector.getAllAndOverride<string[] | undefined>('roles', places);
    return !roles || roles.some((role) => user.roles?.includes(role));
  }
}

@Injectable()
class WsThrottlerGuard extends ThrottlerGuard {
  override async handleRequest(request: ThrottlerRequest): Promise<boolean> {
    const { context, limit, ttl, throttler, blockDuration, generateKey } = request;
    const client = context.switchToWs().getClient<Client>();
    // As in the README.
    // oxlint-disable-next-line no-underscore-dangle
    const tracker = (byAddress ? client._socket.remoteAddress : client.connection) ?? '';
    const name = throttler.name ?? 'default';
    const key = generateKey(context, tracker, name);
    const record = await this.storageService.increment(key, ttl, limit, blockDuration, name);
    if (record.isBlocked) {
      await this.throwThrottlingException(context, { limit, ttl, key, tracker, ...record });
    }
    return true;
  }
}

@Roles('user')
@UseGuards(AuthGuard, WsThrottlerGuard)
@UsePipes(
  new ValidationPipe({
    whitelist: true,
    forbidNonWhitelisted: true,
    transform: true,
    exceptionFactory: (errors) => new WsException(errors),
  }),
)
@WebSocketGateway({ path: '/ws' })
class EchoGateway implements OnGatewayConnection {
  constructor(private readonly jwt: JwtService) {}

  handleConnection(client: Client, request: IncomingMessage): void {
    try {
      const [, token = ''] = (request.headers.authorization ?? '').split(' ');
      client.user = this.jwt.verify<User>(token, { algorithms: ['HS256'] });
      client.connection = String(++connections);
    } catch {
      client.close(4401, 'Unauthorized');
    }
  }

  @SubscribeMessage('echo')
  echo(@MessageBody() { text }: EchoDto): WsResponse<EchoDto> {
    return { event: 'echo', data: { text } };
  }

  @Throttle({ default: SCARCE })
  @SubscribeMessage('scarce')
  scarce(): WsResponse<{ left: boolean }> {
    return { event: 'scarce', data: { left: true } };
  }

  @Roles('admin')
  @SubscribeMessage('admin')
  admin(): WsResponse<{ secret: boolean }> {
    return { event: 'admin', data: { secret: true } };
  }
}

@Module({
  imports: [
    JwtModule.register({ secret: settings.secret }),
    ThrottlerModule.forRoot([{ ttl: settings.rateTtlMs, limit: settings.rateLimit }]),
  ],
  providers: [EchoGateway],
})
class RecipeModule {}

// Nest logs each refusal of a guard as an error. Without this the log lines would be measured too.
const httpsOptions = serverKeys();
const app = await NestFactory.create(RecipeModule, {
  logger: ['fatal'],
  ...(httpsOptions && { httpsOptions }),
});
app.useWebSocketAdapter(new WsAdapter(app));
await app.init();
measured(app.getHttpServer() as Server);
