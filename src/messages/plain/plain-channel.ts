import type { EventCounters } from '../../counters/event-counters.js';
import type { WsMessageHandler } from '@nestjs/common';
import type { RawData } from 'ws';
import { CloseCode } from '../../protocol/close-code.enum.js';
import { FrameChannel, frameChannelOf, type Transform } from '../frame-channel.js';
import { plainMessageOf } from './plain-message.js';
import { sendResults } from './plain-replies.js';

/** The handlers of one gateway. */
interface Binding {
  readonly handlers: ReadonlyMap<unknown, WsMessageHandler['callback']>;
  readonly transform: Transform;
}

/** A message and the handler of one gateway for it. */
export interface PlainJob {
  readonly callback: WsMessageHandler['callback'];
  readonly data: unknown;
  readonly event: unknown;
  readonly transform: Transform;
  readonly counters: EventCounters;
  /** Monotonic milliseconds when the message arrived. */
  readonly arrivedAt: number;
}

/**
 * The inbound side of a socket whose gateways are unsecured. Frames are limited as on every connection; messages are
 * handled as by the `WsAdapter` of Nest: `{ event, data }`, each gateway on its own, everything else ignored.
 */
export class PlainChannel extends FrameChannel<PlainJob> {
  private readonly bindings: Binding[] = [];

  override bind(handlers: readonly WsMessageHandler[], transform: Transform): void {
    const byEvent = new Map<unknown, WsMessageHandler['callback']>();
    for (const { message, callback } of handlers) byEvent.set(message, callback);
    this.bindings.push({ handlers: byEvent, transform });
  }

  /**
   * Decides about a message that `ws` reports.
   *
   * @param toListeners passes it to the listeners of the application, which come before the handlers
   */
  receive(data: RawData, isBinary: boolean, toListeners: () => void): void {
    if (!this.admits(data as Buffer)) return;
    if (isBinary && !this.services.options.allowBinary) {
      this.connection.close(CloseCode.UNSUPPORTED_DATA, 'binary frames are not accepted');
      return;
    }
    this.connection.lastActive = this.connection.lastSeen;
    try {
      toListeners();
    } catch (error) {
      this.services.faults.report('A "message" listener of an unsecured gateway failed', error);
    }
    if (this.isListening) this.dispatch(data);
  }

  override async run(job: PlainJob, hasWaited: boolean): Promise<void> {
    const { callback, data, event, transform, counters, arrivedAt } = job;
    const { clock, counters: all } = this.services;
    all.inFlight++;
    counters.wait.observe(hasWaited ? clock.monotonic() - arrivedAt : 0);
    let failure: 'INTERNAL_ERROR' | undefined;
    try {
      const result: unknown = callback(data, event);
      sendResults(this.socket, this.connection, transform(result), this.services.faults);
      await result;
    } catch {
      // `sendResults()` has reported it.
      failure = 'INTERNAL_ERROR';
    }
    all.inFlight--;
    counters.handled(clock.monotonic() - arrivedAt, failure);
  }

  private dispatch(data: RawData): void {
    if (this.bindings.length === 0) return;
    const message = plainMessageOf(data);
    if (!message) return;
    for (const { handlers, transform } of this.bindings) {
      const callback = handlers.get(message.event);
      if (!callback) continue;
      const { data: body, event } = message;
      const { counters, lastSeen: arrivedAt } = this.connection;
      this.queue.add({ callback, data: body, event, transform, counters: counters.event(event), arrivedAt });
    }
  }
}

/** The channel of a client whose gateways are unsecured. */
export function plainChannelOf(client: object): PlainChannel {
  return frameChannelOf(client) as PlainChannel;
}
