import { Injectable } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import { WsExceptionFilter } from '../../messages/ws-exception.filter.js';
import { WsValidationPipe } from '../../validation/ws-validation.pipe.js';
import { providedInstanceOf } from '../../nest/provided-instance.js';

/** The pipe and the filter of all gateways: the module's, or their replacements in the application. */
@Injectable()
export class ChosenEnhancers {
  pipe!: WsValidationPipe;
  filter!: WsExceptionFilter;

  constructor(private readonly moduleRef: ModuleRef) {}

  async prepare(): Promise<void> {
    this.pipe = await providedInstanceOf(WsValidationPipe, this.moduleRef);
    this.filter = await providedInstanceOf(WsExceptionFilter, this.moduleRef);
  }

  /**
   * Whether the filter is the built-in one, which needs no call for messages that are refused before Nest is entered.
   */
  get hasOwnFilter(): boolean {
    return this.filter.constructor === WsExceptionFilter;
  }
}
