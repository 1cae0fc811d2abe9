import type { IncomingMessage } from 'node:http';
import {
  type ArgumentsHost,
  BadRequestException,
  type CallHandler,
  type CanActivate,
  Catch,
  type ExceptionFilter,
  type ExecutionContext,
  Injectable,
  type NestInterceptor,
  UseFilters,
  UseGuards,
  UseInterceptors,
  UsePipes,
  ValidationPipe,
} from '@nestjs/common';
import {
  ConnectedSocket,
  MessageBody,
  type OnGatewayConnection,
  type OnGatewayDisconnect,
  type OnGatewayInit,
  SubscribeMessage,
  WebSocketGateway,
  WebSocketServer,
  WsException,
  type WsResponse,
} from '@nestjs/websockets';
import { IsString, MaxLength } from 'class-validator';
import { concat, from, map, Observable, of, throwError } from 'rxjs';
import type { WebSocket, WebSocketServer as Server } from 'ws';

class TextDto {
  @IsString()
  @MaxLength(5)
  text!: string;
}

class OwnError extends Error {}

@Catch(OwnError)
class OwnFilter implements ExceptionFilter<OwnError> {
  catch({ message }: OwnError, host: ArgumentsHost): void {
    host
      .switchToWs()
      .getClient<WebSocket>()
      .send(JSON.stringify({ event: 'own', data: message }));
  }
}

@Catch()
class ThrowingFilter implements ExceptionFilter {
  catch(): never {
    throw new Error('the filter failed');
  }
}

@Injectable()
class EvenGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    return context.switchToWs().getData<number>() % 2 === 0;
  }
}

@Injectable()
class DoublingInterceptor implements NestInterceptor {
  intercept(_context: ExecutionContext, next: CallHandler<number>): Observable<WsResponse<number>> {
    return next.handle().pipe(map((value) => ({ event: 'doubled', data: value * 2 })));
  }
}

/** Uses what gateways on `ws` usually use. */
@WebSocketGateway({ path: '/legacy' })
export class LegacyGateway implements OnGatewayInit, OnGatewayConnection, OnGatewayDisconnect {
  static log: string[] = [];
  static finishSlow: () => void = () => undefined;

  @WebSocketServer() private readonly server!: Server;

  afterInit(server: Server): void {
    LegacyGateway.log.push(`init ${server === this.server}`);
  }

  handleConnection(client: WebSocket, request: IncomingMessage): void {
    LegacyGateway.log.push(`connected ${request.url} ${client.readyState}`);
  }

  handleDisconnect(client: WebSocket, code?: unknown): void {
    LegacyGateway.log.push(`disconnected ${client.readyState} ${String(code)}`);
  }

  @SubscribeMessage('response')
  response(@MessageBody() data: unknown): WsResponse {
    return { event: 'response', data };
  }

  @SubscribeMessage('value')
  value(@MessageBody('member') member: unknown): unknown {
    return member;
  }

  @SubscribeMessage('promise')
  promise(): Promise<WsResponse> {
    return Promise.resolve({ event: 'promise', data: null });
  }

  @SubscribeMessage('positional')
  positional(client: WebSocket, data: unknown): WsResponse {
    return { event: 'positional', data: [client.readyState, data] };
  }

  @SubscribeMessage('stream')
  stream(): Observable<unknown> {
    return from([1, null, undefined, { event: 'stream', data: 2 }, [3]]);
  }

  @SubscribeMessage('broken-stream')
  brokenStream(): Observable<unknown> {
    return concat(
      of('first'),
      throwError(() => new WsException('broken')),
    );
  }

  @SubscribeMessage('slow')
  async slow(@MessageBody() data: unknown): Promise<WsResponse> {
    await new Promise<void>((resolve) => (LegacyGateway.finishSlow = resolve));
    return { event: 'slow', data };
  }

  @SubscribeMessage('text')
  fails(): never {
    throw new WsException('no such room');
  }

  @SubscribeMessage('object')
  failsWithObject(): never {
    throw new WsException({ code: 17, reason: 'full' });
  }

  @SubscribeMessage('http')
  failsWithHttp(): never {
    throw new BadRequestException('not that one');
  }

  @SubscribeMessage('error')
  failsWithError(): never {
    throw new Error('secret detail');
  }

  @UseFilters(OwnFilter)
  @SubscribeMessage('own')
  failsWithOwn(): never {
    throw new OwnError('mine');
  }

  @UseGuards(EvenGuard)
  @SubscribeMessage('even')
  even(@MessageBody() data: number): WsResponse<number> {
    return { event: 'even', data };
  }

  @UsePipes(new ValidationPipe({ exceptionFactory: ([error]) => new WsException(error?.property ?? '') }))
  @SubscribeMessage('validated')
  validated(@MessageBody() { text }: TextDto): WsResponse<string> {
    return { event: 'validated', data: text };
  }

  @UseInterceptors(DoublingInterceptor)
  @SubscribeMessage('double')
  double(@MessageBody() data: number): number {
    return data;
  }

  @SubscribeMessage('ping')
  ownPing(): WsResponse {
    return { event: 'pong', data: 'of the gateway' };
  }

  @SubscribeMessage('everyone')
  everyone(@MessageBody() data: unknown): void {
    for (const client of this.server.clients) client.send(JSON.stringify({ event: 'everyone', data }));
  }

  @SubscribeMessage('leave')
  leave(@ConnectedSocket() client: WebSocket): void {
    client.close(4001, 'bye');
  }
}

/** On the same path as {@link LegacyGateway}. */
@WebSocketGateway({ path: '/legacy' })
export class SecondGateway implements OnGatewayConnection {
  handleConnection(): void {
    LegacyGateway.log.push('connected to the second');
  }

  @SubscribeMessage('response')
  response(@MessageBody() data: unknown): WsResponse {
    return { event: 'second', data };
  }
}

/** Reads frames itself, and greets late. */
@WebSocketGateway()
export class RawGateway implements OnGatewayConnection {
  static greet: () => void = () => undefined;

  async handleConnection(client: WebSocket, request: IncomingMessage): Promise<void> {
    client.on('message', (frame: Buffer, isBinary: boolean) => {
      client.send(JSON.stringify({ raw: frame.toString('hex'), isBinary }));
    });
    await new Promise<void>((resolve) => (RawGateway.greet = resolve));
    client.send(JSON.stringify({ greeting: request.headers.authorization }));
  }

  @SubscribeMessage('hello')
  hello(): WsResponse {
    return { event: 'hello', data: null };
  }
}

/** Fails in every way in which a gateway can fail. */
@WebSocketGateway({ path: '/failing' })
export class FailingGateway implements OnGatewayConnection, OnGatewayDisconnect {
  handleConnection(client: WebSocket, request: IncomingMessage): Promise<void> | undefined {
    client.on('message', (frame: Buffer) => {
      if (frame.toString() === 'fail') throw new Error('the listener failed');
    });
    if (request.url === '/failing?now') throw new Error('the hook failed at once');
    if (request.url === '/failing?later') return Promise.reject(new Error('the hook failed later'));
    return undefined;
  }

  handleDisconnect(): Promise<void> {
    return Promise.reject(new Error('the last hook failed'));
  }

  @SubscribeMessage('unsendable')
  unsendable(): WsResponse<bigint> {
    return { event: 'unsendable', data: 1n };
  }

  @SubscribeMessage('teardown')
  teardown(): Observable<string> {
    return new Observable((subscriber) => {
      subscriber.next('begun');
      return () => {
        throw new Error('the teardown failed');
      };
    });
  }

  @UseFilters(new ThrowingFilter())
  @SubscribeMessage('filter')
  filter(): never {
    throw new Error('the handler failed');
  }

  @SubscribeMessage('hello')
  hello(): string {
    return 'still here';
  }
}
