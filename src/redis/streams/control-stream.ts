import { Listeners } from '../link/listeners.js';
import { type NodeEntry, timeOf } from './stream-entry.js';

/** Where a message to all nodes comes from. */
export interface ControlEntry {
  /** The node that sent it. */
  readonly node: string;
  /** The id of its entry. */
  readonly id: string;
  /** When it was stored: milliseconds by the server's clock, which the id begins with. */
  readonly at: number;
}

export type ControlHandler = (body: string, entry: ControlEntry) => void;

/** Messages to all nodes. Each node gets every message, its own ones too, in one order. */
export class ControlStream {
  private readonly handlers = new Map<string, Listeners<[string, ControlEntry]>>();
  private readonly gaps = new Listeners<[]>();

  /** @param send stores a message */
  constructor(private readonly send: (kind: string, body: string) => Promise<void>) {}

  /** `handler` gets the messages of a kind. */
  on(kind: string, handler: ControlHandler): void {
    let handlers = this.handlers.get(kind);
    if (!handlers) this.handlers.set(kind, (handlers = new Listeners()));
    handlers.add(handler);
  }

  /** Calls `handler` when messages of any kind may be lost to this node. */
  onGap(handler: () => void): void {
    this.gaps.add(handler);
  }

  /**
   * Sends a message to all nodes.
   *
   * @returns once it is stored
   * @throws RedisUnavailableError at once when Redis is away, else after some attempts
   */
  append(kind: string, body: string): Promise<void> {
    return this.send(kind, body);
  }

  /** @internal */
  deliver({ kind, body, node, id }: NodeEntry): void {
    this.handlers.get(kind)?.tell(body.toString(), { node, id, at: timeOf(id) });
  }

  /** @internal */
  tellGap(): void {
    this.gaps.tell();
  }
}
