import type { ConfigurationProblem } from '../../errors/configuration.error.js';
import { isLikely, nearestName } from '../../options/nearest-name.js';
import { namedThrottlerProblems } from '../../throttling/named-throttlers.js';
import { throttleSettingsOf } from '../../throttling/throttle-settings.js';
import { throttlerProblems, type ThrottlerSetting } from '../../throttling/throttler-problems.js';
import type { WsThrottler } from '../../throttling/throttlers.token.js';
import type { DiscoveredGateway } from '../gateway-explorer.js';

/** `@Throttle()` and `@SkipThrottle()` with an unknown throttler or an invalid limit. */
export function throttleProblems(
  gateways: readonly DiscoveredGateway[],
  throttlers: readonly WsThrottler[],
): ConfigurationProblem[] {
  // The names are known only if the throttlers are valid.
  if (namedThrottlerProblems(throttlers).length > 0) return [];
  const names = ['default', ...throttlers.map(({ name }) => name)];
  const problemsAt = (place: string, settings: readonly ThrottlerSetting[]): ConfigurationProblem[] =>
    settings.flatMap((setting) => messagesOf(setting, names).map((message) => ({ name: place, message })));
  return gateways
    .filter(({ options }) => options)
    .flatMap(({ name, instance, handlers }) => [
      ...problemsAt(name, throttleSettingsOf(instance.constructor)),
      ...handlers.flatMap(({ method, callback }) =>
        problemsAt(`${name}.${method}`, throttleSettingsOf(callback)),
      ),
    ]);
}

function messagesOf(setting: ThrottlerSetting, names: readonly string[]): string[] {
  if (names.includes(setting.name)) return throttlerProblems(setting);
  const known = names.map((name) => `"${name}"`).join(', ');
  const nearest = nearestName(setting.name, names);
  const guess = nearest !== undefined && isLikely(setting.name, nearest) ? ` (did you mean ${nearest}?)` : '';
  return [
    `throttles by "${setting.name}", but no throttler has that name${guess}. The throttlers are ${known}; ` +
      `add another one with forRoot({ throttlers: [{ name: '${setting.name}', limit, ttl }] })`,
  ];
}
