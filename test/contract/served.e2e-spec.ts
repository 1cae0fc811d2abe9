import { type CanActivate, Injectable, VersioningType } from '@nestjs/common';
import { IsString } from 'class-validator';
import { MessageBody, SubscribeMessage } from '@nestjs/websockets';
import {
  SecureGateway,
  WsContract,
  WsContractModule,
  type WsContractModuleOptions,
} from 'nestjs-ws-security';
import { type RunningApp, startApp } from '../support/start-app.js';

class MarkupDto {
  @IsString()
  '<b>"&'!: string;
}

@SecureGateway({ path: '/markup' })
class MarkupGateway {
  @SubscribeMessage('<script>alert(1)</script>')
  markup(@MessageBody() _body: MarkupDto) {
    return 1;
  }
}

@Injectable()
class Nobody implements CanActivate {
  canActivate(): boolean {
    return false;
  }
}

const httpOf = ({ url }: RunningApp): string => url.replace(/^ws/, 'http');

async function start(
  contract: WsContractModuleOptions,
  platform: 'express' | 'fastify' = 'express',
): Promise<RunningApp> {
  return startApp({
    beforeInit: (app) => void app.enableVersioning({ type: VersioningType.URI, defaultVersion: '1' }),
    gateways: [MarkupGateway],
    platform,
    module: { imports: [WsContractModule.forRoot(contract)] },
  });
}

describe.each(['express', 'fastify'] as const)('on %s', (platform) => {
  let running: RunningApp;

  beforeAll(async () => {
    running = await start({ path: '/docs/asyncapi', title: '<i>Markup</i>' }, platform);
  });

  afterAll(() => running.app.close());

  it('the page shows the contract without a script, and escapes what the application names', async () => {
    const response = await fetch(`${httpOf(running)}/docs/asyncapi`);
    const page = await response.text();
    expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(response.headers.get('content-security-policy')).toMatch(
      /^default-src 'none'; style-src 'sha256-[\w+/]+=*'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'$/,
    );
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(response.headers.get('x-content-type-options')).toBe('nosniff');
    expect(page).toContain('&lt;i&gt;Markup&lt;/i&gt;');
    expect(page).toContain('href="asyncapi.json"');
    expect(page).toContain(
      '<p><code>&lt;script&gt;alert(1)&lt;/script&gt;</code>: <a href="#MarkupDto">MarkupDto</a></p>',
    );
    expect(page).not.toMatch(/<script|<i>|<b>|src=|https?:/);
  });

  it('the document is beside it', async () => {
    const response = await fetch(`${httpOf(running)}/docs/asyncapi.json`);
    expect(response.headers.get('content-type')).toBe('application/json; charset=utf-8');
    expect(await response.json()).toEqual(JSON.parse(JSON.stringify(running.app.get(WsContract).document())));
  });
});

describe('access', () => {
  it('a guard decides who may read it', async () => {
    const running = await start({ path: 'asyncapi/', guards: [Nobody] });
    for (const path of ['asyncapi', 'asyncapi.json'])
      expect((await fetch(`${httpOf(running)}/${path}`)).status).toBe(403);
    await running.app.close();
  });

  it.each<WsContractModuleOptions>([{}, { path: '/asyncapi', enabled: false }])(
    'with %j it is not served',
    async (contract) => {
      const running = await start(contract);
      expect((await fetch(`${httpOf(running)}/asyncapi`)).status).toBe(404);
      await running.app.close();
    },
  );

  describe('in production', () => {
    beforeEach(() => {
      process.env['NODE_ENV'] = 'production';
    });

    afterEach(() => {
      process.env['NODE_ENV'] = 'test';
    });

    const inProduction = (contract: WsContractModuleOptions): Promise<RunningApp> =>
      startApp({
        gateways: [MarkupGateway],
        options: { jwtIssuer: 'https://issuer.example', jwtAudience: 'chat', trustedProxies: ['loopback'] },
        module: { imports: [WsContractModule.forRoot(contract)] },
      });

    it('the start fails without a guard', async () => {
      await expect(inProduction({ path: '/asyncapi' })).rejects.toThrow(
        /WsContractModule: would show the contract to everybody in production; give it guards/,
      );
    });

    it.each<WsContractModuleOptions>([{ path: '/asyncapi', guards: [Nobody] }, { title: 'Unserved' }])(
      'with %j it starts',
      async (contract) => {
        await (await inProduction(contract)).app.close();
      },
    );
  });
});
