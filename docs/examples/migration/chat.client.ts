import { WsClient, type WsClientOptions } from 'nestjs-ws-security/client';

interface ChatMessage {
  room: string;
  text: string;
  from: string | null;
}

/** Joins a room on each connection, as a Socket.IO client does in its `connect` listener. */
export class ChatClient {
  private readonly client: WsClient;

  /** @param onJoined called after each connection */
  constructor(
    options: WsClientOptions,
    private readonly room: string,
    onMessage: (message: ChatMessage) => void,
    onJoined: () => void,
  ) {
    this.client = new WsClient(options);
    // socket.on('said', onMessage)
    this.client.onPush<ChatMessage>('said', onMessage);
    // socket.on('connect', () => socket.emit('join', { room }, onJoined))
    this.client.on('status', ({ state }) => {
      if (state === 'open') this.client.request('join', { room: this.room }).then(onJoined, () => undefined);
    });
    void this.client.connect();
  }

  /** `socket.emitWithAck('say', { room, text })` */
  say(text: string): Promise<ChatMessage> {
    return this.client.request<ChatMessage>('say', { room: this.room, text });
  }

  close(): void {
    this.client.close();
  }
}
