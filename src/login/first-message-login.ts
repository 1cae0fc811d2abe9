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
 * Authenticates connections that have to bring their credential in the first frame. Other frames are not read before,
 * and a connection without a first frame is closed.
 */
@Injectable()
export class FirstMessageLogin {
  constructor(
    @InjectSecurityOptions() private readonly options: ResolvedOptions,
    private readonly wheel: TimerWheel,
    private readonly decoder: FrameDecoder,
    private readonly auth: InBandAuth,
  ) {}

  /** @returns whether the connection is authenticated; if not, it is closing */
  async logIn(connection: ServedConnection, channel: MessageChannel): Promise<boolean> {
    const message = await this.firstMessage(connection, channel);
    if (!message) return false;
    if (message.event !== ReservedEvent.AUTH) {
      connection.counters.otherEvents.refused('UNAUTHENTICATED');
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
        connection.offClosed(onClosed);
        resolve(message);
      };
      const deadline = this.wheel.schedule(this.options.authTimeoutMs, () => {
        connection.close(CloseCode.AUTH_TIMEOUT, 'authentication timeout');
        end();
      });
      // Without this, a closed connection would stay in memory until the deadline.
      const onClosed = (): void => end();
      connection.onClosed(onClosed);
      channel.first((text) => end(this.decode(text)));
    });
  }

  /** A text that is not a message is not a login, and gets the same answer. */
  private decode(text: string): InboundMessage {
    const message = this.decoder.read(text);
    return message instanceof InboundMessage ? message : new InboundMessage('', undefined, message.id);
  }
}
