import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { unknownVariables } from './unknown-variables.js';

/** Warns at the start about unknown variables. They may belong to another program, so they do not stop the start. */
@Injectable()
export class SettingsNotes implements OnModuleInit {
  private readonly logger = new Logger('WsSecurity');

  onModuleInit(): void {
    for (const { name, message } of unknownVariables(process.env)) this.logger.warn(`${name}: ${message}`);
  }
}
