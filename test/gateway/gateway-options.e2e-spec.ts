import { WebSocketGateway } from '@nestjs/websockets';
import { SecureGateway, type SecureGatewayOptions } from 'nestjs-ws-security';
import { EchoGateway } from '../support/echo.gateway.js';
import { problemsOf } from '../support/problems-of.js';

async function problemsWith(options: unknown): Promise<string[]> {
  @SecureGateway(options as SecureGatewayOptions)
  class Given {}
  return problemsOf({ gateways: [Given] });
}

describe('C5 C6 the start of the application', () => {
  it.each([
    '/rooms/:id/ws',
    '/:room',
    'rooms/:id',
    '/ws/*',
    '*',
    '/{*splat}',
    '/ws{/:id}',
    '/ws/(.*)',
    '/ws/.+',
    '/ws/[0-9]',
    '^/ws$',
    '/ws|/chat',
  ])('C6 fails with the path %p, which no request can have, and says what to do instead', async (path) => {
    expect(await problemsWith({ path })).toEqual([
      expect.stringMatching(
        /^Given: has the path ".*compared byte for byte .*no parameters or wildcards.*from a message, or from the query/,
      ),
    ]);
  });

  it.each(['/ws', '/rooms/1.0/ws', '/a:1', '/~user/ws', '/a+b', '/a,b;c=d', '/@me', '/%7Eme', '/', '', 'ws'])(
    'C6 succeeds with the path %p, which clients can request',
    async (path) => expect(await problemsWith({ path })).toEqual([]),
  );

  it.each([undefined, null, 5, /ws/, ['/ws'], { path: '/ws' }])(
    'C1 fails when the path is %p',
    async (path) =>
      expect(await problemsWith({ path })).toEqual([
        "Given: must have a string as its path; write @SecureGateway({ path: '/ws' })",
      ]),
  );

  it.each([undefined, null, 8080, '/ws'])('C1 fails when the options are %p', async (options) =>
    expect(await problemsWith(options)).toEqual([
      expect.stringMatching(/^Given: must have a string as its path/),
    ]),
  );

  it.each<[string, object, RegExp]>([
    ['a port in a string', { port: '8443' }, /a whole number from 1 to 65535 as its port/],
    ['half a port', { port: 80.5 }, /as its port/],
    ['a port that is too high', { port: 65_536 }, /as its port/],
    ['a negative port', { port: -1 }, /as its port/],
    ['a word as "public"', { public: 'yes' }, /true or false as "public"/],
    ['one subprotocol', { protocols: 'chat.v1' }, /a list of subprotocols/],
    ['a subprotocol with a space', { protocols: ['chat v1'] }, /a list of subprotocols/],
    ['no subprotocol', { protocols: [] }, /a list of subprotocols/],
    ['a guard outside a list', { guards: class Guard {} }, /a list of classes as "guards"/],
    ['a guard that a circular import left out', { guards: [undefined] }, /a list of classes as "guards"/],
    ['an instance as a connect guard', { connectGuards: [{}] }, /a list of classes as "connectGuards"/],
  ])('C1 fails when a gateway has %s', async (_what, options, problem) => {
    expect(await problemsWith({ path: '/ws', ...options })).toEqual([expect.stringMatching(problem)]);
  });

  it.each<[string, unknown, RegExp]>([
    ['pth', '/ws', /"pth", which has no effect here; did you mean "path"\?/],
    ['connectGuard', [], /did you mean "connectGuards"\?/],
    ['namespace', 'chat', /"namespace", which has no effect here; give each gateway its own path/],
    ['cors', { origin: '*' }, /"cors".*WS_ALLOWED_ORIGINS/],
    ['transports', ['websocket'], /"transports".*the options are path, port, public/],
    ['maxPayload', 10, /"maxPayload".*WS_MAX_PAYLOAD_BYTES/],
    ['constructor', 1, /"constructor".*the options are/],
  ])('C6 fails when a gateway has the option %s, which has no effect', async (option, value, problem) => {
    expect(await problemsWith({ path: '/ws', [option]: value })).toEqual([expect.stringMatching(problem)]);
  });

  it('C6 fails when an additional @WebSocketGateway() has options', async () => {
    @WebSocketGateway({ path: '/ws', namespace: 'chat', cors: true })
    @SecureGateway({ path: '/ws' })
    class Both {}
    expect(await problemsOf({ gateways: [Both] })).toEqual([
      expect.stringMatching(/^Both: has namespace in an additional @WebSocketGateway\(\)/),
      expect.stringMatching(/^Both: has cors in an additional @WebSocketGateway\(\)/),
    ]);
  });

  it.each<[string, object, RegExp]>([
    ['a guard outside a list', { guards: class Guard {} }, /must have a list of classes as guards/],
    ['an instance as a guard', { guards: [{}] }, /must have a list of classes as guards/],
    ['a missing connect guard', { connectGuards: [undefined] }, /a list of classes as connectGuards/],
    ['a provider outside a list', { providers: class Provider {} }, /a list as providers, not a function/],
  ])('C1 fails when the module has %s', async (_what, module, problem) => {
    const [first, ...others] = await problemsOf({ gateways: [EchoGateway], module });
    expect(first).toMatch(problem);
    expect(first).toMatch(/^WsSecurityModule: /);
    expect(others).toEqual([]);
  });
});
