import { Injectable } from '@nestjs/common';
import type { ServedConnection } from '../connection/served-connection.js';
import { TimerWheel } from '../time/timer-wheel.js';
import { UnauthenticatedException } from '../errors/ws-exceptions.js';
import { FrameDecoder } from '../messages/frame-decoder.js';
import { InboundMessage } from '../messages/inbound-message.js';
import type { MessageChannel } from '../messages/message-channel.js';
import type { ResolvedOptions } from '../options/options.schema.js';
import { InjectSecurityOptions } from '../options/options.token.js';
import { CloseCode } from '../protocol/close-code.enum.js';
import { ReservedEvent } from '../protocol/reserved-event.js';
import { InBandAuth } from './in-band-auth.js';

/**
 * Connections that came without a credential and have to bring it in their first frame. Nothing else of theirs is
 * looked at before, and silence ends them.
 */
@Injectable()
export class FirstMessageLogin {
  constructor(
    @InjectSecurityOptions() private readonly options: ResolvedOptions,
    private readonly wheel: TimerWheel,
    private readonly decoder: FrameDecoder,
    private readonly auth: InBandAuth,
  ) {}

  /** @returns whether the connection is authenticated now; if not, it is being closed */
  async logIn(connection: ServedConnection, channel: MessageChannel): Promise<boolean> {
    const message = await this.firstMessage(connection, channel);
    if (!message) return false;
    if (message.event !== ReservedEvent.AUTH) {
      connection.fail(new UnauthenticatedException().toBody(), message.id);
      connection.close(CloseCode.UNAUTHENTICATED, 'authentication required');
      return false;
    }
    return this.auth.login(connection, message);
  }

  private firstMessage(
    connection: ServedConnection,
    channel: MessageChannel,
  ): Promise<InboundMessage | undefined> {
    return new Promise((resolve) => {
      const end = (message?: InboundMessage): void => {
        deadline.cancel();
        connection.offClosed(left);
        resolve(message);
      };
      const deadline = this.wheel.schedule(this.options.authTimeoutMs, () => {
        connection.close(CloseCode.AUTH_TIMEOUT, 'authentication timeout');
        end();
      });
      // Who leaves before is not kept in memory until the deadline.
      const left = (): void => end();
      connection.onClosed(left);
      channel.first((text) => end(this.decode(text)));
    });
  }

  /** What is no message is no login either, and is answered like one. */
  private decode(text: string): InboundMessage {
    const message = this.decoder.read(text);
    return message instanceof InboundMessage ? message : new InboundMessage('', undefined, message.id);
  }
}
