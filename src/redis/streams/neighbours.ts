import { Listeners } from '../link/listeners.js';
import { within } from '../../time/deadline.js';
import type { Membership } from '../nodes/membership.js';
import type { ControlStream } from './control-stream.js';

/** The kind of the last message of a node. */
const LEFT = 'bye';
/** A node that stops does not wait longer for Redis to take that message, in milliseconds. */
const LEAVE_MS = 1000;
/** Nodes that left are remembered for longer than any view of the nodes that live is old. */
const MOST_GONE = 1000;

type NodeView = Pick<Membership, 'liveNodes' | 'findNodes'>;

/** The other nodes that live, without those that have said that they stop. */
export class Neighbours {
  private readonly gone = new Set<string>();
  /** Nodes that are looked for in Redis, and those that were not there. One that comes back is live first. */
  private readonly looked = new Map<string, Promise<boolean>>();
  private readonly left = new Listeners<[string]>();

  /** @param view the nodes that beat, as this node knows them, and as they are now */
  constructor(
    private readonly self: string,
    private readonly control: ControlStream,
    private readonly view: NodeView,
  ) {
    control.on(LEFT, (_, { node }) => {
      this.gone.add(node);
      const [oldest] = this.gone;
      if (this.gone.size > MOST_GONE && oldest !== undefined) this.gone.delete(oldest);
      this.left.tell(node);
    });
  }

  live(): string[] {
    return this.others(this.view.liveNodes());
  }

  /** As {@link live}, with those that have just started. @throws RedisUnavailableError */
  async find(): Promise<string[]> {
    return this.others(await this.view.findNodes());
  }

  isLive(node: string): boolean {
    return !this.gone.has(node) && this.view.liveNodes().some(({ id }) => id === node);
  }

  /** As {@link isLive}, also for a node that has just started: it is looked for in Redis, once. */
  lives(node: string): boolean | Promise<boolean> {
    if (this.isLive(node) || this.gone.has(node)) return this.isLive(node);
    const known = this.looked.get(node) ?? this.look(node);
    this.looked.set(node, known);
    const [oldest] = this.looked.keys();
    if (this.looked.size > MOST_GONE && oldest !== undefined) this.looked.delete(oldest);
    return known;
  }

  private async look(node: string): Promise<boolean> {
    const found = await this.find().catch(() => undefined);
    const lives = found?.includes(node) === true;
    // Only that it is not there is remembered: the clients of a node that died come all at once.
    if (lives || !found) this.looked.delete(node);
    return lives;
  }

  /** Calls `listener` when a node answers nobody any more. */
  onLeft(listener: (node: string) => void): void {
    this.left.add(listener);
  }

  /** Says that this node answers nobody any more. Rejects after a second: others find out with the beats. */
  leave(): Promise<void> {
    return within(LEAVE_MS, this.control.append(LEFT, ''));
  }

  private others(nodes: readonly { readonly id: string }[]): string[] {
    return nodes.map(({ id }) => id).filter((id) => id !== this.self && !this.gone.has(id));
  }
}
