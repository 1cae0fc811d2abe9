import {
  type CallHandler,
  type CanActivate,
  Catch,
  Controller,
  type ExceptionFilter,
  type ExecutionContext,
  Get,
  Injectable,
  type NestInterceptor,
  type PipeTransform,
  Req,
  VersioningType,
} from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { ThrottlerGuard, ThrottlerModule } from '@nestjs/throttler';
import { MessageBody, SubscribeMessage } from '@nestjs/websockets';
import { ClientProxyFactory, MessagePattern, Transport } from '@nestjs/microservices';
import { firstValueFrom, type Observable } from 'rxjs';
import { SecureGateway, WsPublic } from 'nestjs-ws-security';
import { EchoDto, EchoGateway, PublicGateway } from '../support/echo.gateway.js';
import { ownPort } from '../support/own-port.js';
import { type AppOptions, type RunningApp, startApp } from '../support/start-app.js';
import { TestClient } from '../support/test-client.js';
import { mintToken } from '../support/tokens.js';

let running: RunningApp;
const asked: string[] = [];

beforeEach(() => void asked.splice(0));
afterEach(() => running.close());

const start = async (config: Partial<AppOptions>): Promise<void> => {
  running = await startApp({ gateways: [EchoGateway, PublicGateway], ...config });
};
const connect = async (path = '/ws'): Promise<TestClient> =>
  TestClient.connect(running.url + path, { token: await mintToken() });
const get = async (path: string): Promise<number> =>
  (await fetch(running.url.replace('ws', 'http') + path)).status;

class AskedGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const client = context.switchToHttp().getRequest<{ readyState?: number; headers?: object }>();
    asked.push(`guard ${context.getType()} ${client.headers ? 'request' : `socket ${client.readyState}`}`);
    return true;
  }
}

class AskedInterceptor implements NestInterceptor {
  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    asked.push(`interceptor ${context.getType()}`);
    return next.handle();
  }
}

class AskedPipe implements PipeTransform {
  transform(value: unknown, { type }: { type: string }): unknown {
    asked.push(`pipe ${type}`);
    return value;
  }
}

@Catch()
class AskedFilter implements ExceptionFilter {
  catch(): void {
    asked.push('filter');
  }
}

@SecureGateway({ path: '/failing', public: true })
class FailingGateway {
  @WsPublic()
  @SubscribeMessage('fails')
  fails(@MessageBody() _body: EchoDto): never {
    throw new Error('on purpose');
  }
}

it('global guards, interceptors and pipes are asked for each message, after the guards of the module', async () => {
  await start({
    beforeInit: (app) => {
      app.useGlobalGuards(new AskedGuard());
      app.useGlobalInterceptors(new AskedInterceptor());
      app.useGlobalPipes(new AskedPipe());
    },
  });
  const client = await connect();
  await client.request('echo', { text: 'hi' });
  expect(asked).toEqual(['guard ws socket 1', 'interceptor ws', 'pipe body']);
  asked.length = 0;
  const anonymous = await TestClient.connect(`${running.url}/public`);
  expect(await anonymous.request('members')).toMatchObject({ data: { code: 'UNAUTHENTICATED' } });
  expect(asked).toEqual([]);
  await client.close();
  await anonymous.close();
});

it('global filters are not asked for messages', async () => {
  await start({
    gateways: [FailingGateway],
    beforeInit: (app) => void app.useGlobalFilters(new AskedFilter()),
  });
  const client = await TestClient.connect(`${running.url}/failing`);
  expect(await client.request('fails', { text: 'hi' })).toMatchObject({ data: { code: 'INTERNAL_ERROR' } });
  expect(asked).toEqual([]);
  await client.close();
});

it('R2 a subclass of ThrottlerGuard is asked', async () => {
  @Injectable()
  class OwnThrottlerGuard extends ThrottlerGuard {
    override canActivate(context: ExecutionContext): Promise<boolean> {
      asked.push(context.getType());
      return Promise.resolve(true);
    }
  }
  await start({
    module: { imports: [ThrottlerModule.forRoot([{ ttl: 60_000, limit: 1 }])] },
    providers: [{ provide: APP_GUARD, useClass: OwnThrottlerGuard }],
  });
  const client = await connect();
  expect(await client.request('echo', { text: 'hi' })).toMatchObject({ event: 'echo' });
  expect(asked).toEqual(['ws']);
  await client.close();
});

@Controller('rest')
class RestController {
  @Get()
  read(@Req() _request: object): string {
    return 'rest';
  }

  @MessagePattern('sum')
  sum(numbers: number[]): number {
    return numbers.reduce((one, other) => one + other, 0);
  }
}

@SecureGateway({ path: '/api/ws' })
class PrefixedGateway {}

it('H6 a global prefix and versions do not change the path of a gateway', async () => {
  await start({
    gateways: [EchoGateway, PrefixedGateway],
    controllers: [RestController],
    beforeInit: (app) => {
      app.setGlobalPrefix('api');
      app.enableVersioning({ type: VersioningType.URI, defaultVersion: '1' });
    },
  });
  expect([await get('/rest'), await get('/api/rest'), await get('/api/v1/rest')]).toEqual([404, 404, 200]);
  for (const path of ['/ws', '/api/ws']) await (await connect(path)).close();
  for (const path of ['/api/v1/ws', '/v1/ws']) await expect(connect(path)).rejects.toThrow('404');
});

it('middleware and CORS of HTTP do not see handshakes, whose origins WS_ALLOWED_ORIGINS decides about', async () => {
  await start({
    controllers: [RestController],
    beforeInit: (app) => {
      app.use((_request: unknown, _response: unknown, next: () => void) => {
        asked.push('middleware');
        next();
      });
      app.enableCors({ origin: 'https://app.example.com' });
    },
  });
  const origin = 'https://app.example.com';
  const { code } = await TestClient.refused(`${running.url}/ws`, { token: await mintToken(), origin });
  expect([code, asked]).toEqual(['ORIGIN_NOT_ALLOWED', []]);
  expect([await get('/rest'), asked]).toEqual([200, ['middleware']]);
});

it('C5 a hybrid application serves its gateways and its microservice, whose messages have no global guards', async () => {
  const port = await ownPort();
  await start({
    controllers: [RestController],
    beforeInit: (app) => {
      app.useGlobalGuards(new AskedGuard());
      app.connectMicroservice({ transport: Transport.TCP, options: { host: '127.0.0.1', port } });
    },
  });
  await running.app.startAllMicroservices();
  const service = ClientProxyFactory.create({
    transport: Transport.TCP,
    options: { host: '127.0.0.1', port },
  });
  const client = await connect();
  expect(await firstValueFrom(service.send<number>('sum', [1, 2]))).toBe(3);
  expect(asked).toEqual([]);
  expect(await client.request('echo', { text: 'hi' })).toMatchObject({ event: 'echo' });
  expect(await get('/rest')).toBe(200);
  expect(asked).toEqual(['guard ws socket 1', 'guard http request']);
  await service.close();
  await running.app.close();
  expect((await client.closed).code).toBe(1012);
});
