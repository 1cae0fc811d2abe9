import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { unknownVariables } from './unknown-variables.js';

/** Tells at the start of variables that nothing reads. They may belong to another program, so they stop nothing. */
@Injectable()
export class SettingsNotes implements OnModuleInit {
  private readonly logger = new Logger('WsSecurity');

  onModuleInit(): void {
    for (const { name, message } of unknownVariables(process.env)) this.logger.warn(`${name}: ${message}`);
  }
}
