import type { ConfigurationProblem } from '../errors/configuration.error.js';
import { ADMIN_OPTIONS } from './admin-options.js';
import type { MountedParts } from './mounted-parts.js';
import { OPTIONS, type OptionName, type ResolvedOptions } from './options.schema.js';
import { REDIS_OPTIONS } from './redis-options.js';
import { HOW_TO_SERVE_TLS } from './serving-tls.js';

interface Dependence {
  readonly names: readonly OptionName[];
  /** Whether they have an effect. */
  readonly isMet: (options: ResolvedOptions, parts: MountedParts) => boolean;
  readonly message: string;
}

const namesOf = (table: object): OptionName[] => Object.keys(table) as OptionName[];

const DEPENDENCES: readonly Dependence[] = [
  {
    names: ['metricsTokenFile'],
    isMet: (_options, parts) => parts.has('metrics endpoint'),
    message: 'has no effect: no metrics are served without WsMetricsModule and its endpoint',
  },
  {
    names: namesOf(ADMIN_OPTIONS),
    isMet: (_options, parts) => parts.has('operator API'),
    message: 'has no effect without WsAdminModule',
  },
  {
    names: ['tlsCertFile'],
    isMet: (_options, parts) => parts.has('TLS'),
    message: `has no effect: no server of gateways uses TLS; write ${HOW_TO_SERVE_TLS}`,
  },
  {
    names: namesOf(REDIS_OPTIONS).filter((name) => name !== 'redisUrl'),
    isMet: (_options, parts) => parts.has('redis'),
    message: `has no effect without ${OPTIONS.redisUrl.variable}`,
  },
  {
    names: ['resumeTtlMs', 'resumeMaxMessages', 'resumeMaxBytes'],
    isMet: ({ resume }) => resume,
    message: `has no effect unless ${OPTIONS.resume.variable} is true`,
  },
  {
    names: ['authCookie'],
    isMet: ({ authSources }) => authSources.includes('cookie'),
    message: `has no effect unless ${OPTIONS.authSources.variable} contains cookie`,
  },
];

/** Finds settings that differ from their defaults and change nothing, because what they are for is missing. */
export function idleSettings(options: ResolvedOptions, parts: MountedParts): ConfigurationProblem[] {
  return DEPENDENCES.filter(({ isMet }) => !isMet(options, parts)).flatMap(({ names, message }) =>
    names
      .filter((name) => !isDefault(name, options))
      .map((name) => ({ name: OPTIONS[name].variable, message })),
  );
}

/** Whether an option has its default. */
export function isDefault(name: OptionName, options: ResolvedOptions): boolean {
  // The only one whose default is another setting.
  if (name === 'requireTls') return options.requireTls === options.production;
  const schema = OPTIONS[name].schema as { safeParse(value: undefined): { data?: unknown } };
  return JSON.stringify(options[name]) === JSON.stringify(schema.safeParse(undefined).data);
}
