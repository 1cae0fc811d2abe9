import type { ConfigurationProblem } from '../errors/configuration.error.js';
import { kindOf } from './kind-of.js';
import { isLikely, nearestName } from './nearest-name.js';
import { OPTIONS } from './options.schema.js';

/** What `forRoot()` takes beside the options: it belongs to the module, and a `useFactory` cannot return it. */
const OF_THE_MODULE = ['imports', 'providers', 'connectGuards', 'guards', 'throttlers'];

/** What was given as options and is none. */
export function misplacedOptions(given: unknown): ConfigurationProblem[] {
  if (typeof given !== 'object' || given === null || Array.isArray(given)) {
    const message = `must be given an object of options, not ${kindOf(given)}`;
    return [{ name: 'WsSecurityModule', message }];
  }
  return Object.keys(given)
    .filter((name) => !Object.hasOwn(OPTIONS, name))
    .map((name) => ({ name, message: messageOf(name) }));
}

function messageOf(name: string): string {
  if (OF_THE_MODULE.includes(name))
    return `is no option that useFactory can return; write it beside useFactory: forRootAsync({ ${name}, useFactory, … })`;
  const option = optionOf(name);
  if (option !== undefined) return `is a variable of the environment; as an option it is ${option}`;
  const nearest = nearestName(name, [...Object.keys(OPTIONS), ...OF_THE_MODULE]);
  if (nearest !== undefined && isLikely(name, nearest)) return `is no option; did you mean ${nearest}?`;
  return `is no option; there are ${Object.keys(OPTIONS).join(', ')}`;
}

function optionOf(variable: string): string | undefined {
  return Object.entries(OPTIONS).find(([, option]) => option.variable === variable)?.[0];
}
