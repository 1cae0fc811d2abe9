import { setTimeout as delay } from 'node:timers/promises';
import { monotonic } from '../../processes/monotonic.js';
import { DIALECTS, upgradeRequest } from '../dialect.js';
import { ECHO_DATA } from '../echo.js';
import { clientFrame } from '../frames.js';
import { RawConnection } from '../raw-connection.js';
import type { Target } from '../target.js';
import type { TicketLane } from '../ticket-lane.js';
import { mintToken } from '../tokens.js';
import { CONNECT_TIMEOUT_MS, longestPlan, retryPlan } from './retry-plan.js';

const PROTOCOL = 'ws-security.v1';
const ABNORMAL_CLOSURE = 1006;
const ATTEMPTS = 20;

/** Moments in monotonic milliseconds. */
export interface Return {
  readonly closedAt: number;
  /** The latest time at which a client that was closed at that moment connects. */
  readonly windowEndsAt: number;
  /** Its first message is answered. */
  readonly servedAt: number;
  readonly failures: number;
}

interface Goodbye {
  readonly code: number;
  readonly retryAfterMs: number;
}

/** A client that does what `WsClient` does when its server goes away, directly on a socket. */
export class ReturningClient {
  private readonly token: string;
  private readonly plan = retryPlan();
  private goodbye: Goodbye | undefined;
  private closed: Promise<number> = Promise.resolve(NaN);
  private connection: RawConnection | undefined;
  private onEcho = (): void => undefined;

  constructor(
    private readonly source: string | undefined,
    private readonly ticket: TicketLane,
    user: string,
  ) {
    this.token = mintToken(user);
  }

  /** Connects. The connection counts as one that has been open for a long time. */
  async open({ port, tls = false }: Target): Promise<RawConnection> {
    const connection = await RawConnection.open({
      port,
      tls: tls && this.ticket,
      source: this.source,
      timeoutMs: CONNECT_TIMEOUT_MS,
      request: upgradeRequest('/ws', this.token, [PROTOCOL]),
      onText: (text) => this.hear(text),
    });
    this.connection = connection;
    this.closed = new Promise((resolve) => (connection.onClose = () => resolve(monotonic())));
    this.plan.opened();
    this.plan.settled();
    return connection;
  }

  /** Waits until the server closes the connection, and is served by the other one. */
  async comeBack(to: Target): Promise<Return> {
    const closedAt = await this.closed;
    const longest = longestPlan();
    longest.settled();
    for (const plan of [this.plan, longest]) {
      if (this.goodbye) plan.heardGoodbye(this.goodbye);
      plan.ended({ phase: 'open', code: this.goodbye?.code ?? ABNORMAL_CLOSURE, reason: '' }, true);
    }
    const windowEndsAt = closedAt + longest.delay();
    for (let failures = 0; failures < ATTEMPTS; failures++) {
      await delay(this.plan.delay());
      if (await this.isServedBy(to)) return { closedAt, windowEndsAt, servedAt: monotonic(), failures };
      this.plan.ended({ phase: 'handshake', code: ABNORMAL_CLOSURE, reason: '' }, false);
    }
    throw new Error(`a client was not served in ${ATTEMPTS} attempts`);
  }

  leave(): void {
    this.connection?.destroy();
  }

  private async isServedBy(to: Target): Promise<boolean> {
    try {
      const connection = await this.open(to);
      const isServed = new Promise<boolean>((resolve) => {
        this.onEcho = () => resolve(true);
        void this.closed.then(() => resolve(false));
      });
      connection.write(clientFrame(DIALECTS.nest.message('echo', ECHO_DATA)));
      return await isServed;
    } catch {
      return false;
    }
  }

  private hear(text: string): void {
    const { event, data } = JSON.parse(text) as { event: string; data?: Goodbye };
    if (event === 'goodbye') this.goodbye = data;
    else if (event === 'echo') this.onEcho();
  }
}
