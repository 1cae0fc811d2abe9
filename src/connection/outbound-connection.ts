import type { PathCounters } from '../counters/path-counters.js';
import { nextPushNumber } from '../counters/push-number.js';
import { CloseCode } from '../protocol/close-code.enum.js';
import type { ErrorBody, FrameId } from '../protocol/envelope.js';
import { errorText, sharedErrorText } from '../protocol/error-text.js';
import { PushText } from '../protocol/push-text.js';
import { replyText } from '../protocol/reply-text.js';
import type { ConnectionInit, ConnectionSession } from './connection-parts.interface.js';
import { Connection } from './connection.js';

/** The outbound side of a connection: pushes, numbered for clients that speak the protocol, and replies. */
export abstract class OutboundConnection extends Connection {
  /** What is counted of its path. */
  readonly counters: PathCounters;
  /** Whether the last message exceeded a limit. */
  isLimited = false;
  /** Whether pushes are sent. Before authentication and the session frame, they are held back. */
  isReady = false;
  /** Outlives the connection, so that the client can resume it. */
  session: ConnectionSession | undefined;
  private early: PushText[] | undefined;
  private earlyLength = 0;
  private pushes = 0;

  constructor(init: ConnectionInit) {
    super(init);
    this.counters = init.counters;
  }

  override push(event: string, data: unknown): void {
    // Values that JSON omits (a function, undefined) are sent as null.
    const text = new PushText(event, JSON.stringify(data) ?? 'null');
    this.counters.pushed(nextPushNumber());
    this.pushText(text);
  }

  /** Like `push`, for a text that is already serialized. @param room the room it was sent to */
  pushText(text: PushText, room?: string): void {
    if (!this.isReady) this.hold(text);
    else if (this.session) this.pushNumbered(this.session, text, room);
    else if (this.speaksProtocol) this.write(text.numbered(++this.pushes));
    else if (this.isOpen) this.socket.sendShared(text);
  }

  /** Sends a push that is already numbered. */
  replay(text: string): void {
    this.write(text);
  }

  /** The client knows its session: sends the pushes that were held back. */
  ready(): void {
    this.isReady = true;
    for (const text of this.early ?? []) this.pushText(text);
    this.early = undefined;
  }

  /** Sends a frame of the protocol itself, which is not numbered. */
  announce(event: string, data: unknown): void {
    this.write(JSON.stringify({ event, data }));
  }

  /** Replies to a request. @throws TypeError if `data` cannot be serialized as JSON */
  reply(event: string, data: unknown, id: FrameId | undefined): void {
    this.write(replyText(event, data, id));
  }

  /** Replies to a request with an error. @param retryAfterMs the member of this name, if the body does not have it */
  fail(body: ErrorBody, id: FrameId | undefined, retryAfterMs?: number): void {
    const shared = (id ?? retryAfterMs) === undefined ? sharedErrorText(body) : undefined;
    if (!shared) this.write(errorText(body, id, retryAfterMs));
    else if (this.isOpen) this.socket.sendShared(shared);
  }

  /** Like `fail`, but of consecutive messages over a limit without an id, only the first is answered. */
  refuse(body: ErrorBody, id: FrameId | undefined, retryAfterMs?: number): void {
    if (body.code === 'RATE_LIMITED') {
      const isRepetition = this.isLimited && id === undefined;
      this.isLimited = true;
      if (isRepetition) return;
    }
    this.fail(body, id, retryAfterMs);
  }

  /** If the client has resumed on another connection, this one numbers no more pushes. */
  private pushNumbered(session: ConnectionSession, text: PushText, room: string | undefined): void {
    if (session.isOf(this)) this.write(session.add(text, room));
  }

  /** Limits the pushes that are held back for a client. */
  private hold(text: PushText): void {
    if (!this.isOpen) return;
    this.earlyLength += text.plain.length;
    (this.early ??= []).push(text);
    if (this.earlyLength <= this.socket.maxBufferedBytes) return;
    this.early = undefined;
    this.close(CloseCode.TRY_AGAIN_LATER, 'too slow');
  }

  private write(text: string): void {
    if (this.isOpen) this.socket.send(text);
  }
}
