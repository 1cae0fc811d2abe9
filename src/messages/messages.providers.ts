import type { Provider } from '@nestjs/common';
import { ChannelServices } from './channel-services.js';
import { FrameDecoder } from './frame-decoder.js';
import { HandlerRunner } from './handler-runner.js';
import { HookFaults } from './hook-faults.js';
import { MessageFaults } from './message-faults.js';
import { MessageTimes } from './message-times.js';
import { MessageDispatcher } from './message.dispatcher.js';
import { RefusalReporter } from './refusal-reporter.js';
import { ReplyWriter } from './reply.writer.js';
import { ValidatedBody } from './validated-body.js';
import { ViolationService } from './violation.service.js';
import { WsExceptionFilter } from './ws-exception.filter.js';

/** The providers that handle messages after 101. */
export const MESSAGE_PROVIDERS: Provider[] = [
  FrameDecoder,
  MessageFaults,
  HookFaults,
  RefusalReporter,
  ReplyWriter,
  ViolationService,
  WsExceptionFilter,
  ValidatedBody,
  MessageTimes,
  HandlerRunner,
  MessageDispatcher,
  ChannelServices,
];
