import { MESSAGE_MAPPING_METADATA } from '../../nest/metadata-keys.js';
import type { ConfigurationProblem } from '../../errors/configuration.error.js';
import type { DiscoveredGateway } from '../gateway-explorer.js';

/** Handlers that no message can reach. */
export function deadHandlers(gateways: readonly DiscoveredGateway[]): ConfigurationProblem[] {
  return [...shadowed(gateways), ...gateways.filter(({ unsecured }) => !unsecured).flatMap(unseen)];
}

/** An event on a path has only one handler. */
function shadowed(gateways: readonly DiscoveredGateway[]): ConfigurationProblem[] {
  const first = new Map<string, string>();
  return gateways.flatMap(({ name, options, handlers }) =>
    handlers.flatMap(({ event, method }) => {
      if (!options || typeof event !== 'string') return [];
      const place = JSON.stringify([options.port ?? 0, options.path, event]);
      const [handler, other] = [`${name}.${method}`, first.get(place)];
      if (other === undefined) first.set(place, handler);
      return other === undefined ? [] : [{ name: handler, message: shadowText(event, handler, other) }];
    }),
  );
}

function shadowText(event: string, handler: string, other: string): string {
  return handler === other
    ? 'is registered twice, and only one would be called; provide its gateway in one module and export it from there'
    : `subscribes to "${event}" on the same path as ${other}, and only one would be called; choose another name`;
}

/** Static methods and methods with symbols as names, which Nest ignores. */
function unseen({ name, instance }: DiscoveredGateway): ConfigurationProblem[] {
  const message =
    'is not a handler for Nest, which ignores static methods and symbols; make it an instance method with a name';
  const prototypes = chainOf(Object.getPrototypeOf(instance) as object);
  const statics = prototypes.map(({ constructor }) => handlersIn(constructor, Reflect.ownKeys(constructor)));
  const symbols = prototypes.map((prototype) =>
    handlersIn(prototype, Object.getOwnPropertySymbols(prototype)),
  );
  return [...statics, ...symbols].flat().map((key) => ({ name: `${name}.${String(key)}`, message }));
}

function chainOf(prototype: object | null): object[] {
  if (prototype === null || prototype === Object.prototype) return [];
  return [prototype, ...chainOf(Object.getPrototypeOf(prototype) as object | null)];
}

function handlersIn(place: object, keys: readonly PropertyKey[]): PropertyKey[] {
  return keys.filter((key) => {
    const value: unknown = Object.getOwnPropertyDescriptor(place, key)?.value;
    return typeof value === 'function' && Reflect.hasOwnMetadata(MESSAGE_MAPPING_METADATA, value);
  });
}
