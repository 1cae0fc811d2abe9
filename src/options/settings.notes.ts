import { Injectable, Logger, type OnApplicationBootstrap, type OnModuleInit } from '@nestjs/common';
import type { ConfigurationProblem } from '../errors/configuration.error.js';
import { idleSettings } from './idle-settings.js';
import { MountedParts } from './mounted-parts.js';
import type { ResolvedOptions } from './options.schema.js';
import { InjectSecurityOptions } from './options.token.js';
import { unknownVariables } from './unknown-variables.js';

/**
 * Warns at the start about unknown variables and settings without effect. They may belong to another program or another
 * part of the service, so they do not stop the start.
 */
@Injectable()
export class SettingsNotes implements OnModuleInit, OnApplicationBootstrap {
  private readonly logger = new Logger('WsSecurity');

  constructor(
    @InjectSecurityOptions() private readonly options: ResolvedOptions,
    private readonly parts: MountedParts,
  ) {}

  onModuleInit(): void {
    this.warn(unknownVariables(process.env));
  }

  /** All parts exist. */
  onApplicationBootstrap(): void {
    this.warn(idleSettings(this.options, this.parts));
  }

  private warn(problems: readonly ConfigurationProblem[]): void {
    for (const { name, message } of problems) this.logger.warn(`${name}: ${message}`);
  }
}
