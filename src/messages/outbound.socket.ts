import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import type { ConnectionSocket } from '../connection/connection-parts.interface.js';
import type { TimerWheel, WheelTimer } from '../time/timer-wheel.js';
import type { ResolvedOptions } from '../options/options.schema.js';
import type { PushText } from '../protocol/push-text.js';
import { textFrame } from './text-frame.js';
import { batchWrites, writeBatch } from './write-batch.js';

/** How long a client may be behind by more than it is allowed to. */
const GRACE_MS = 1000;
/** Behind by this many times the allowance there is no grace. */
const EXCESS = 2;

export type OutboundOptions = Pick<ResolvedOptions, 'maxBufferedBytes' | 'compression'>;

/**
 * The outbound side of one socket. Writes whole frames, so that a push to thousands is framed once, and gives up on a
 * client that reads too slowly before what waits for it fills the memory.
 */
export class OutboundSocket implements ConnectionSocket {
  private grace: WheelTimer | undefined;
  private hasGivenUp = false;

  /**
   * @param stream what the socket writes to
   * @param onSlow ends the connection of a client
   */
  constructor(
    private readonly socket: WebSocket,
    private readonly stream: Duplex,
    private readonly options: OutboundOptions,
    private readonly wheel: TimerWheel,
    private readonly onSlow: (socket: WebSocket) => void,
  ) {}

  get readyState(): number {
    return this.socket.readyState;
  }

  get protocol(): string {
    return this.socket.protocol;
  }

  get maxBufferedBytes(): number {
    return this.options.maxBufferedBytes;
  }

  get isBehind(): boolean {
    return this.socket.bufferedAmount > this.maxBufferedBytes;
  }

  send(text: string): void {
    // Compressed frames are for `ws` to write, and it keeps their order.
    if (this.options.compression) this.socket.send(text);
    else this.write(textFrame(text));
    this.watch();
  }

  sendShared(push: PushText): void {
    if (this.options.compression) this.socket.send(push.plain);
    else this.write((push.frame ??= textFrame(push.plain)));
    this.watch();
  }

  ping(data?: string): void {
    this.socket.ping(data);
  }

  pong(data: Buffer): void {
    this.socket.pong(data);
    this.watch();
  }

  close(code: number, reason: string): void {
    this.socket.close(code, reason);
  }

  terminate(): void {
    this.socket.terminate();
  }

  private write(frame: Uint8Array): void {
    batchWrites(this.stream);
    this.stream.write(frame);
  }

  private watch(): void {
    // The goodbye to a client that was given up comes here too.
    if (!this.isBehind || this.hasGivenUp) return;
    writeBatch(this.stream);
    if (!this.isBehind) return;
    if (this.socket.bufferedAmount > this.options.maxBufferedBytes * EXCESS) {
      this.grace?.cancel();
      this.giveUp();
      return;
    }
    this.grace ??= this.wheel.schedule(GRACE_MS, () => {
      this.grace = undefined;
      if (this.isBehind) this.giveUp();
    });
  }

  private giveUp(): void {
    this.hasGivenUp = true;
    this.onSlow(this.socket);
  }
}
