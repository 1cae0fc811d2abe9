import { CloseCode } from '../protocol/close-code.enum.js';
import type { ErrorBody, FrameId } from '../protocol/envelope.js';
import { errorText, sharedErrorText } from '../protocol/error-text.js';
import { PushText } from '../protocol/push-text.js';
import { replyText } from '../protocol/reply-text.js';
import type { ConnectionSession } from './connection-parts.interface.js';
import { Connection } from './connection.js';

/** The outbound side of a connection: pushes, numbered where its client speaks the protocol, and answers. */
export abstract class OutboundConnection extends Connection {
  /** Whether its last message was over a limit. */
  isLimited = false;
  /** Whether pushes reach it: not before it is authenticated, and its client knows its session. */
  isReady = false;
  /** Outlives it, for a client that may come back. */
  session: ConnectionSession | undefined;
  private early: PushText[] | undefined;
  private earlyLength = 0;
  private pushes = 0;

  override push(event: string, data: unknown): void {
    // What JSON leaves out (a function, undefined) is sent as null.
    this.pushText(new PushText(event, JSON.stringify(data) ?? 'null'));
  }

  /** As `push`, of a text that is serialised already. @param room where it was sent to */
  pushText(text: PushText, room?: string): void {
    if (!this.isReady) this.hold(text);
    else if (this.session) this.pushNumbered(this.session, text, room);
    else if (this.speaksProtocol) this.write(text.numbered(++this.pushes));
    else if (this.isOpen) this.socket.sendShared(text);
  }

  /** Sends a push that was numbered before. */
  replay(text: string): void {
    this.write(text);
  }

  /** The client knows its session: the pushes so far follow. */
  ready(): void {
    this.isReady = true;
    for (const text of this.early ?? []) this.pushText(text);
    this.early = undefined;
  }

  /** Sends a frame of the protocol itself, which is not counted. */
  announce(event: string, data: unknown): void {
    this.write(JSON.stringify({ event, data }));
  }

  /** Answers a request. @throws TypeError when `data` cannot be serialised as JSON */
  reply(event: string, data: unknown, id: FrameId | undefined): void {
    this.write(replyText(event, data, id));
  }

  /** Answers a request that is not served. */
  fail(body: ErrorBody, id: FrameId | undefined): void {
    const shared = id === undefined ? sharedErrorText(body) : undefined;
    if (!shared) this.write(errorText(body, id));
    else if (this.isOpen) this.socket.sendShared(shared);
  }

  /** As `fail`; of messages over a limit that have no id, only the first in a row is answered. */
  refuse(body: ErrorBody, id: FrameId | undefined): void {
    if (body.code === 'RATE_LIMITED') {
      const isRepetition = this.isLimited && id === undefined;
      this.isLimited = true;
      if (isRepetition) return;
    }
    this.fail(body, id);
  }

  /** Its client may have come back on another connection: then this one is over, and counts no push any more. */
  private pushNumbered(session: ConnectionSession, text: PushText, room: string | undefined): void {
    if (session.isOf(this)) this.write(session.add(text, room));
  }

  /** Pushes that wait for a client are bounded, whatever they wait for. */
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
