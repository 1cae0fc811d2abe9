import { RequestError, type WsClient } from 'nestjs-ws-security/client';
import type { ChatEvents } from '../chat-events.js';
import { element } from './dom.js';

/** Shows which node of the service the page is connected to, and says when it is another one than before. */
export class NodeView {
  private readonly text = element('node', HTMLElement);
  private latest: string | null = null;
  /** Number of the latest connection. Answers on earlier ones are ignored. */
  private turn = 0;

  constructor(private readonly client: WsClient<ChatEvents>) {}

  async ask(): Promise<void> {
    const { turn } = this;
    try {
      const { name } = await this.client.request('node');
      if (turn === this.turn && name !== null) this.show(name);
    } catch (error) {
      // The chat works without the name.
      if (!(error instanceof RequestError)) throw error;
    }
  }

  /** There is no connection. */
  hide(): void {
    this.turn++;
    this.text.textContent = '';
  }

  /** Another user is not told of moves before. */
  forget(): void {
    this.hide();
    this.latest = null;
  }

  private show(name: string): void {
    const hasMoved = this.latest !== null && this.latest !== name;
    this.latest = name;
    this.text.classList.toggle('moved', hasMoved);
    this.text.textContent = hasMoved ? `You are now on node ${name}.` : `You are on node ${name}.`;
  }
}
