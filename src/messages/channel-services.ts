import { Injectable } from '@nestjs/common';
import { ConnectionLifecycleService } from '../connection/connection-lifecycle.service.js';
import { Counters } from '../counters/counters.js';
import { TextFrames } from '../frames/text-frames.js';
import { Faults } from '../faults/faults.js';
import type { ResolvedOptions } from '../options/options.schema.js';
import { InjectSecurityOptions } from '../options/options.token.js';
import { Clock } from '../time/clock.js';
import { MessageDispatcher } from './message.dispatcher.js';
import { ViolationService } from './violation.service.js';

/** The services that all channels share. */
@Injectable()
export class ChannelServices {
  readonly texts: TextFrames;

  constructor(
    @InjectSecurityOptions() readonly options: ResolvedOptions,
    readonly dispatcher: MessageDispatcher,
    readonly violations: ViolationService,
    readonly clock: Clock,
    readonly faults: Faults,
    readonly counters: Counters,
    readonly lifecycle: ConnectionLifecycleService,
  ) {
    this.texts = new TextFrames(options.maxPayloadBytes);
  }
}
