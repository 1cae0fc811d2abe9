import { Injectable } from '@nestjs/common';
import { NodeIdentity } from '../../nodes/node-identity.js';
import { isDefault } from '../../options/idle-settings.js';
import { OPTIONS, type OptionName, type ResolvedOptions } from '../../options/options.schema.js';
import { InjectSecurityOptions } from '../../options/options.token.js';
import { weaknessesOf } from '../../options/resolve-options.js';
import { settingsFingerprint } from '../../options/settings-fingerprint.js';
import type { ConfigAnswer, ConfigEntry } from '../contract/config.interface.js';
import { shownValue } from './shown-value.js';

/** The settings in force, without secrets. */
@Injectable()
export class ConfigReport {
  /** That of the event `node.started`. */
  readonly settings: string;
  private readonly entries: readonly ConfigEntry[];

  constructor(
    @InjectSecurityOptions() private readonly options: ResolvedOptions,
    private readonly node: NodeIdentity,
  ) {
    const weaknesses = new Map(weaknessesOf(options).map(({ name, message }) => [name, message]));
    const names = Object.keys(OPTIONS) as OptionName[];
    this.entries = names.map((option) => this.entryOf(option, weaknesses));
    this.settings = settingsFingerprint(options);
  }

  answer(): ConfigAnswer {
    const { settings, entries } = this;
    return { node: this.node.id, isProduction: this.options.production, settings, options: entries };
  }

  private entryOf(option: OptionName, weaknesses: ReadonlyMap<string, string>): ConfigEntry {
    const { variable, file } = OPTIONS[option] as { variable: string; file?: string };
    const value: unknown = this.options[option];
    const isSecret = file !== undefined;
    return {
      option,
      variable,
      value: shownValue(value, isSecret),
      isSecret,
      isDefault: isDefault(option, this.options),
      weakness: weaknesses.get(variable) ?? null,
    };
  }
}
