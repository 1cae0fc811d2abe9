import { Throttle } from '@nestjs/throttler';
import { ThrottleScopeReader } from './throttle-scope.js';

const OWN = Throttle({ default: { limit: 1, ttl: 1000 } });

function gatewayNamedChat(): new () => { say(): void; shout(): void } {
  class Chat {
    @OWN
    say(): void {}

    @OWN
    shout(): void {}
  }
  return Chat;
}

it('R2 a budget has the same name on every node, whichever event came first', () => {
  const { prototype } = gatewayNamedChat();
  const Chat = prototype.constructor;
  const [one, other] = [new ThrottleScopeReader(), new ThrottleScopeReader()];
  const say = one.scopeOf(Chat, prototype.say, 'default');
  const shout = one.scopeOf(Chat, prototype.shout, 'default');
  expect(other.scopeOf(Chat, prototype.shout, 'default')).toBe(shout);
  expect(other.scopeOf(Chat, prototype.say, 'default')).toBe(say);
  expect(say).not.toBe(shout);
});

/** As decorators that trace or measure do. */
const Traced: MethodDecorator = (_target, _name, descriptor) => {
  const traced = function traced(): void {};
  Reflect.defineMetadata('THROTTLER:LIMITdefault', 1, traced);
  descriptor.value = traced as never;
};

it('R2 events are told apart by what the gateway calls them, whatever a decorator does', () => {
  class Chat {
    @Traced
    say(): void {}

    @Traced
    shout(): void {}
  }
  const { prototype } = Chat;
  const names = (['shout', 'say'] as const).map((event) =>
    new ThrottleScopeReader().scopeOf(Chat, prototype[event], 'default'),
  );
  expect(names).toEqual(['Chat.shout', 'Chat.say']);
});

it('R2 events of two gateways with one class name are counted apart', () => {
  const scopes = new ThrottleScopeReader();
  const [one, other] = [gatewayNamedChat().prototype, gatewayNamedChat().prototype];
  const names = [one, other, one].map((gateway) =>
    scopes.scopeOf(gateway.constructor, gateway.say, 'default'),
  );
  expect(new Set(names).size).toBe(2);
  expect(names[2]).toBe(names[0]);
});
