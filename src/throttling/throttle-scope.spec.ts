import { Throttle } from '@nestjs/throttler';
import { WebSocketGateway } from '@nestjs/websockets';
import { ThrottleScopeReader } from './throttle-scope.js';
import type { ThrottledGateway } from './throttled-gateway.interface.js';

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

const noEvents = (gateway: new () => object): ThrottledGateway => ({ gateway, handlers: [] });

function gatewayAt(path: string, port?: number, event = 'say'): ThrottledGateway {
  const gateway = gatewayNamedChat();
  Reflect.decorate(
    [port === undefined ? WebSocketGateway({ path }) : WebSocketGateway(port, { path })],
    gateway,
  );
  return { gateway, handlers: [{ event, callback: gateway.prototype.say as () => void }] };
}

/** What the budgets of these gateways' first events are called on a node that loads them in this order. */
function scopesOn(gateways: readonly ThrottledGateway[]): Map<ThrottledGateway, string> {
  const scopes = new ThrottleScopeReader();
  scopes.introduce(gateways);
  const scopeOf = ({ gateway, handlers: [first] }: ThrottledGateway): string =>
    scopes.scopeOf(gateway, first!.callback, 'default');
  return new Map(gateways.map((gateway) => [gateway, scopeOf(gateway)]));
}

it.each<[string, ThrottledGateway[], string[]]>([
  ['paths', [gatewayAt('/one'), gatewayAt('/other')], ['Chat.say@/one', 'Chat.say@/other']],
  ['ports', [gatewayAt('/ws', 3002), gatewayAt('/ws', 3001)], ['Chat.say@/ws#2', 'Chat.say@/ws']],
  ['ports, one of them the own', [gatewayAt('/ws', 1), gatewayAt('/ws')], ['Chat.say@/ws#2', 'Chat.say@/ws']],
  [
    'events',
    [gatewayAt('/ws', 0, 'b'), gatewayAt('/ws', 0, 'a'), gatewayAt('/ws', 0, 'c')],
    ['Chat.say@/ws#2', 'Chat.say@/ws', 'Chat.say@/ws#3'],
  ],
])('R2 gateways of one class name are told apart by their %s, on every node', (_by, gateways, expected) => {
  const scopes = scopesOn(gateways);
  expect([...scopes.values()]).toEqual(expected);
  expect([...scopesOn(gateways.toReversed())].toReversed()).toEqual([...scopes]);
});

it('R2 classes on one path are told apart by their names', () => {
  @WebSocketGateway({ path: '/ws' })
  @OWN
  class Chat {}
  @WebSocketGateway({ path: '/ws' })
  @OWN
  class Orders {}
  const scopes = new ThrottleScopeReader();
  scopes.introduce([Chat, Orders].map(noEvents));
  const names = [Chat, Orders].map((gateway) => scopes.scopeOf(gateway, () => undefined, 'default'));
  expect(names).toEqual(['Chat@/ws', 'Orders@/ws']);
});

it('R2 a port is no part of a name: two processes of one machine have different ones', () => {
  const [name] = scopesOn([gatewayAt('/ws', 3001)]).values();
  expect([...scopesOn([gatewayAt('/ws', 3002)]).values()]).toEqual([name]);
});
