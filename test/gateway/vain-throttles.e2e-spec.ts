import { SkipThrottle, Throttle } from '@nestjs/throttler';
import { UseGuards, UseInterceptors } from '@nestjs/common';
import { SubscribeMessage } from '@nestjs/websockets';
import { SecureGateway, WsAuthGuard, WsCost, WsRoles } from 'nestjs-ws-security';
import { problemsOf } from '../support/problems-of.js';

const MINUTE = 60_000;
const long = { name: 'long', limit: 9, ttl: MINUTE };

describe('C6 the start of the application', () => {
  it('C6 fails when a decorator names an unknown throttler, and lists the known ones', async () => {
    @SecureGateway({ path: '/ws' })
    class Named {
      @Throttle({ short: { limit: 1, ttl: MINUTE } })
      @SubscribeMessage('short')
      short(): boolean {
        return true;
      }

      @Throttle({ defualt: { limit: 1, ttl: MINUTE } })
      @SubscribeMessage('misspelt')
      misspelt(): boolean {
        return true;
      }

      @SkipThrottle({ medium: true })
      @SubscribeMessage('skipped')
      skipped(): boolean {
        return true;
      }

      @Throttle({ default: { limit: 1, ttl: MINUTE }, long: { limit: 2, ttl: MINUTE } })
      @SubscribeMessage('fine')
      fine(): boolean {
        return true;
      }
    }
    const problems = await problemsOf({ gateways: [Named], module: { throttlers: [long] } });
    expect(problems).toHaveLength(3);
    expect(problems[0]).toMatch(
      /^Named\.short: throttles by "short", .*The throttlers are "default", "long";/,
    );
    expect(problems[1]).toMatch(/^Named\.misspelt: throttles by "defualt", .*did you mean default\?/);
    expect(problems[2]).toMatch(/^Named\.skipped: throttles by "medium"/);
  });

  it('C6 fails when a class or its parent class names an unknown throttler', async () => {
    @Throttle({ short: { limit: 1, ttl: MINUTE } })
    class Base {}

    @SecureGateway({ path: '/below' })
    class Below extends Base {}

    @SecureGateway({ path: '/own' })
    @SkipThrottle({ shrot: true })
    class Own {}
    expect(await problemsOf({ gateways: [Below, Own] })).toEqual([
      expect.stringMatching(/^Below: throttles by "short"/),
      expect.stringMatching(/^Own: throttles by "shrot"/),
    ]);
  });

  it('C6 fails when an inherited handler names an unknown throttler, also below a decorator that replaces the method', async () => {
    const Wrapped: MethodDecorator = (_target, _name, descriptor) => {
      const inner = descriptor.value as unknown as () => unknown;
      const outer = (): unknown => inner();
      for (const key of Reflect.getMetadataKeys(inner) as unknown[])
        Reflect.defineMetadata(key, Reflect.getMetadata(key, inner), outer);
      descriptor.value = outer as never;
    };

    class Base {
      @Wrapped
      @Throttle({ short: { limit: 1, ttl: MINUTE } })
      @SubscribeMessage('wrapped')
      wrapped(): boolean {
        return true;
      }
    }

    @SecureGateway({ path: '/ws' })
    class Below extends Base {}
    expect(await problemsOf({ gateways: [Below] })).toEqual([
      expect.stringMatching(/^Below\.wrapped: throttles by "short"/),
    ]);
  });

  it('C6 fails when a lifecycle hook has guards, limits or roles, which Nest ignores', async () => {
    @SecureGateway({ path: '/ws' })
    class Hooked {
      @UseGuards(WsAuthGuard)
      handleConnection(): void {
        return undefined;
      }

      @Throttle({ default: { limit: 1, ttl: MINUTE } })
      @WsRoles('admin')
      handleDisconnect(): void {
        return undefined;
      }
    }

    @SecureGateway({ path: '/fine' })
    class Fine {
      @UseInterceptors()
      handleConnection(): void {
        return undefined;
      }
    }
    const message =
      'has guards, limits or access rules for messages, which Nest does not apply to hooks; ' +
      'use connectGuards to decide which clients may connect';
    expect(await problemsOf({ gateways: [Hooked, Fine] })).toEqual([
      `Hooked.handleConnection: ${message}`,
      `Hooked.handleDisconnect: ${message}`,
    ]);
  });

  it.each<[string, object, RegExp]>([
    ['NaN as a limit', { limit: NaN, ttl: MINUTE }, /a whole number up to .* as the limit/],
    ['a negative limit', { limit: -1, ttl: MINUTE }, /as the limit/],
    ['a limit in a string', { limit: '5', ttl: MINUTE }, /as the limit/],
    ['a fractional limit', { limit: 0.5, ttl: MINUTE }, /as the limit/],
    ['a limit over the maximum', { limit: 10_000_001, ttl: MINUTE }, /as the limit/],
    ['an empty window', { limit: 5, ttl: 0 }, /at least 1, as the ttl/],
    ['a window in a string', { limit: 5, ttl: '1m' }, /as the ttl/],
    ['an endless window', { limit: 5, ttl: Infinity }, /as the ttl/],
    ['a negative block', { limit: 5, ttl: MINUTE, blockDuration: -1 }, /as the blockDuration/],
    [
      'a tracker that is not a function',
      { limit: 5, ttl: MINUTE, getTracker: 'ip' },
      /function as getTracker/,
    ],
  ])(
    'C1 fails when a throttler is given %s, by a decorator or by the module',
    async (_what, setting, problem) => {
      @SecureGateway({ path: '/ws' })
      class Decorated {
        @Throttle({ default: setting })
        @SubscribeMessage('one')
        one(): boolean {
          return true;
        }
      }
      expect(await problemsOf({ gateways: [Decorated] })).toEqual([expect.stringMatching(problem)]);
      const throttlers = [{ name: 'short', ...setting } as never];
      const [ofModule, ...others] = await problemsOf({ gateways: [], module: { throttlers } });
      expect(ofModule).toMatch(/^WsSecurityModule: /);
      expect(ofModule).toMatch(problem);
      expect(others).toEqual([]);
    },
  );

  it.each<[string, unknown, RegExp]>([
    ['one name twice', [long, long], /must not name two throttlers "long"/],
    [
      'the name of the default one',
      [{ ...long, name: 'default' }],
      /"default".* is WS_RATE_LIMIT in WS_RATE_TTL_MS/,
    ],
    ['no name', [{ limit: 1, ttl: 1 }], /must have a throttler with a name/],
    ['no limit', [{ name: 'long', ttl: 1 }], /must have a limit of throttler "long"/],
    ['an unknown member', [{ ...long, limt: 5 }], /limt.* has no effect; did you mean limit\?/],
    ['user agents', [{ ...long, ignoreUserAgents: [/bot/] }], /ignoreUserAgents.* has no effect/],
    ['an object instead of a list', { long }, /must have a list as throttlers, not an object/],
    ['a string instead of an object', ['long'], /not a string/],
  ])('C1 fails when throttlers have %s', async (_what, throttlers, problem) => {
    const [first, ...others] = await problemsOf({
      gateways: [],
      module: { throttlers: throttlers as never },
    });
    expect(first).toMatch(problem);
    expect(others).toEqual([]);
  });
});

it('C1 accepts functions, an infinite limit and a limit of zero as settings of a throttler', async () => {
  @SecureGateway({ path: '/ws' })
  class Unusual {
    @Throttle({ default: { limit: () => 5, ttl: () => MINUTE }, long: { limit: Infinity, ttl: MINUTE } })
    @SubscribeMessage('one')
    one(): boolean {
      return true;
    }

    @Throttle({ default: { limit: 0, ttl: MINUTE, blockDuration: 0 } })
    @SkipThrottle({ long: false })
    @SubscribeMessage('none')
    none(): boolean {
      return true;
    }
  }
  expect(await problemsOf({ gateways: [Unusual], module: { throttlers: [long] } })).toEqual([]);
});

it.each([0, -1, 1.5, NaN, Infinity, '2' as never])('C1 refuses a cost of %p in the decorator', (cost) => {
  expect(() => WsCost(cost)).toThrow('whole number of at least 1');
});
