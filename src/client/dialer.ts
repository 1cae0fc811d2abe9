import type { ClientSettings } from './client-settings.js';
import type { Inbox } from './inbox.js';
import { offeredProtocols } from './offered-protocols.js';
import type { RetryPlan } from './retry-plan.js';
import type { WebSocketLike } from './web-socket-like.js';

/** What an attempt starts with. */
export class Dialer {
  constructor(
    private readonly settings: ClientSettings,
    private readonly plan: RetryPlan,
    private readonly inbox: Inbox,
  ) {}

  async credential(): Promise<string | null> {
    const { token } = this.settings;
    const { reauthenticate } = this.plan;
    return (typeof token === 'function' ? await token({ reauthenticate }) : token) ?? null;
  }

  createSocket(credential: string | null): WebSocketLike {
    const { WebSocket, url, protocols } = this.settings;
    return new WebSocket(url, offeredProtocols(protocols, credential, this.inbox.resume));
  }
}
