import {
  type ArgumentsHost,
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
  UseFilters,
} from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { ThrottlerGuard, ThrottlerModule } from '@nestjs/throttler';
import { SubscribeMessage } from '@nestjs/websockets';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { SecureGateway } from 'nestjs-ws-security';
import type { Observable } from 'rxjs';
import { EchoGateway } from '../support/echo.gateway.js';
import { Logged } from '../support/logged.js';
import { type AppOptions, type RunningApp, startApp } from '../support/start-app.js';
import { TestClient } from '../support/test-client.js';
import { mintToken } from '../support/tokens.js';

@Controller('rest')
class RestController {
  @Get()
  read(): string {
    return 'rest';
  }
}

let running: RunningApp;
let logged: Logged;

afterEach(async () => {
  await running.close();
  logged.stop();
});

/** Starts a REST application with a gateway. */
async function start(config: Partial<AppOptions>): Promise<TestClient> {
  running = await startApp({ gateways: [EchoGateway], controllers: [RestController], ...config });
  // The test application turns logs off when it starts.
  logged = new Logged();
  return TestClient.connect(`${running.url}/ws`, { token: await mintToken() });
}

const status = async (): Promise<number> => (await fetch(`${running.url.replace('ws', 'http')}/rest`)).status;

it('R2 the global ThrottlerGuard of Nest counts requests of controllers, and no messages', async () => {
  const client = await start({
    module: { imports: [ThrottlerModule.forRoot([{ ttl: 60_000, limit: 2 }])] },
    providers: [{ provide: APP_GUARD, useClass: ThrottlerGuard }],
    options: { rateLimit: 5 },
  });
  const answers = [];
  for (let count = 0; count < 6; count++) answers.push(await client.request('echo', { text: 'hi' }));
  expect(answers.map(({ event }) => event)).toEqual([...Array<string>(5).fill('echo'), 'exception']);
  expect(answers[5]?.data).toMatchObject({ code: 'RATE_LIMITED' });
  expect([await status(), await status(), await status()]).toEqual([200, 200, 429]);
  await client.close();
});

/** Written for HTTP: the request and the response of a message are something else. */
@Injectable()
class HttpGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const { headers } = context.switchToHttp().getRequest<IncomingMessage>();
    return headers.authorization !== 'nobody';
  }
}

@Injectable()
class LateHttpGuard implements CanActivate {
  async canActivate(context: ExecutionContext): Promise<boolean> {
    await Promise.resolve();
    return context.switchToHttp().getRequest<IncomingMessage>().headers.authorization !== 'nobody';
  }
}

@Injectable()
class HttpInterceptor implements NestInterceptor {
  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    context.switchToHttp().getResponse<ServerResponse>().setHeader('X-Served', 'yes');
    return next.handle();
  }
}

@Injectable()
class HttpPipe implements PipeTransform {
  transform(value: { headers: Record<string, string> }): unknown {
    return value.headers['accept'] === undefined ? value : undefined;
  }
}

it.each([
  ['A guard', 'HttpGuard', "`if (context.getType() !== 'http') return true;`"],
  ['A guard', 'LateHttpGuard', "`if (context.getType() !== 'http') return true;`"],
  ['An interceptor', 'HttpInterceptor', "`if (context.getType() !== 'http') return next.handle();`"],
  ['A pipe', 'HttpPipe', "`metadata.type === 'body'`"],
])(
  'C5 %s for HTTP, asked on all gateways, that fails on a message is named, with what to change: %s',
  async (kind, name, advice) => {
    const client = await start({
      beforeInit: (app) => {
        if (name === 'HttpGuard') app.useGlobalGuards(new HttpGuard());
        if (name === 'LateHttpGuard') app.useGlobalGuards(new LateHttpGuard());
        if (name === 'HttpInterceptor') app.useGlobalInterceptors(new HttpInterceptor());
        if (name === 'HttpPipe') app.useGlobalPipes(new HttpPipe());
      },
    });
    expect(await client.request('echo', { text: 'hi' })).toMatchObject({ data: { code: 'INTERNAL_ERROR' } });
    expect(logged.texts).toEqual([expect.stringContaining(`${kind} of "echo" failed: ${name}; `)]);
    expect(logged.texts[0]).toContain(advice);
    await client.close();
  },
);

@Catch()
class HttpFilter implements ExceptionFilter {
  catch(_exception: unknown, host: ArgumentsHost): void {
    host.switchToHttp().getResponse<ServerResponse>().writeHead(500).end();
  }
}

@UseFilters(HttpFilter)
@SecureGateway({ path: '/ws' })
class FilteredGateway {
  @SubscribeMessage('throws')
  throws(): never {
    throw new Error('lost');
  }
}

it('C5 a filter for HTTP on a gateway is named, and the request is answered', async () => {
  const client = await start({ gateways: [FilteredGateway] });
  expect(await client.request('throws')).toMatchObject({ data: { code: 'INTERNAL_ERROR' } });
  expect(logged.texts).toEqual([
    expect.stringMatching(/^A filter of "throws" failed: HttpFilter; if it is written for HTTP, bind it/),
  ]);
  await client.close();
});

it('L6 an error of the application’s own code has no advice about HTTP', async () => {
  class TenantGuard implements CanActivate {
    canActivate(): boolean {
      throw new Error('no tenant');
    }
  }
  const client = await start({ beforeInit: (app) => void app.useGlobalGuards(new TenantGuard()) });
  expect(await client.request('echo', { text: 'hi' })).toMatchObject({ data: { code: 'INTERNAL_ERROR' } });
  expect(logged.texts).toEqual(['A guard of "echo" failed: TenantGuard']);
  await client.close();
});
