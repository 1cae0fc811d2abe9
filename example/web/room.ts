import { RequestError, type WsClient } from 'nestjs-ws-security/client';
import type { ChatEvents, ChatMessage } from '../chat-events.js';
import { parseChatMessage } from './chat-message.js';

const ROOM = 'lobby';

interface RoomHandlers {
  /** `again`: whether the room was joined before, since `leave()`. */
  joined(again: boolean): void;
  /** With `retryAfterMs`, joining is retried after that time. */
  refused(error: RequestError): void;
  said(message: ChatMessage): void;
}

/** The room of this page. Membership belongs to a connection, so each new connection joins again. */
export class Room {
  /** Number of the latest call. Results of earlier calls are ignored. */
  private turn = 0;
  private joinedBefore = false;

  constructor(
    private readonly client: WsClient<ChatEvents>,
    private readonly handlers: RoomHandlers,
  ) {
    client.onPush('chat.message', (data) => {
      const message = parseChatMessage(data);
      if (message?.room === ROOM) handlers.said(message);
    });
  }

  async join(): Promise<void> {
    const turn = ++this.turn;
    try {
      await this.client.request('chat.join', { room: ROOM });
      if (turn === this.turn) this.enter();
    } catch (error) {
      if (!(error instanceof RequestError)) throw error;
      if (turn === this.turn) this.refused(error, turn);
    }
  }

  leave(): void {
    this.turn++;
    this.joinedBefore = false;
  }

  send(text: string): Promise<unknown> {
    return this.client.request('chat.send', { room: ROOM, text });
  }

  private enter(): void {
    const again = this.joinedBefore;
    this.joinedBefore = true;
    this.handlers.joined(again);
  }

  private refused(error: RequestError, turn: number): void {
    // Without a connection no message is needed: the next connection joins.
    if (error.code === 'DISCONNECTED' || error.code === 'NOT_OPEN') return;
    this.handlers.refused(error);
    if (error.retryAfterMs === undefined) return;
    setTimeout(() => {
      if (turn === this.turn) void this.join();
    }, error.retryAfterMs);
  }
}
