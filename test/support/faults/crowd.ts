import type { Random } from '../../redis/model/random.js';
import { CAP, type FaultWorld, NODE_TTL_MS, pause } from './fault-world.js';
import { Peer } from './peer.js';

interface Stay {
  readonly node: number;
  readonly peer: Peer;
}

/** So long a silence, and the time between two beats, make a node look dead. */
const SILENT_MS = NODE_TTL_MS - 1100;

/** One user who wants more connections than the cap allows, on all nodes. */
export class Crowd {
  readonly statuses = new Map<number, number>();
  private readonly stays: Stay[] = [];
  private readonly visits = new Set<Promise<void>>();

  constructor(private readonly world: FaultWorld) {}

  async run(): Promise<void> {
    const random = this.world.random(200);
    const token = await this.world.token('crowd');
    while (!this.world.isOver) {
      const visit = this.visit(random, token).finally(() => this.visits.delete(visit));
      this.visits.add(visit);
      await pause(random.between(40, 120));
    }
    await Promise.all(this.visits);
  }

  check(): void {
    const stays = this.stays.toSorted((one, other) => one.peer.openedAt - other.peer.openedAt);
    let open: Stay[] = [];
    for (const stay of stays) {
      const at = stay.peer.openedAt;
      open = [...open.filter((other) => this.endOf(other) > at), stay];
      if (open.length <= CAP || this.isExcused(open, at)) continue;
      const where = open.map(({ node }) => node).join(', ');
      this.world.violation(
        `${open.length} connections of a cap of ${CAP} at ${at.toFixed(0)} ms, on nodes ${where}`,
      );
      return;
    }
  }

  private async visit(random: Random, token: string): Promise<void> {
    const node = random.pick(this.world.nodes).index;
    const stayMs = random.between(200, 3000);
    const peer = await this.world.connect(node, { token });
    const status = peer instanceof Peer ? 101 : peer;
    this.statuses.set(status, (this.statuses.get(status) ?? 0) + 1);
    if (![0, 101, 429, 503].includes(status)) this.world.violation(`a handshake was refused with ${status}`);
    if (!(peer instanceof Peer)) return;
    this.stays.push({ node, peer });
    await Promise.race([pause(stayMs), peer.closed]);
    peer.close();
  }

  /** When it was open for the last time; a node gives places back before its clients hear of it. */
  private endOf({ node, peer }: Stay): number {
    const ends = this.world.nodes[node]?.ends ?? [];
    return Math.min(peer.openUntil, ...ends.filter((end) => end >= peer.openedAt));
  }

  /** A node was away for so long that its places were given away, or began just when Redis lost its memory. */
  private isExcused(open: readonly Stay[], at: number): boolean {
    const { log, nodes, rules } = this.world;
    if (rules.outage === 'local' && log.during(at - 10_000, at).length > 0) return true;
    return open.some(({ node, peer }) => {
      if (log.wasSilent(node, peer.openedAt, at, SILENT_MS)) return true;
      const isNew = nodes[node]?.starts.some((start) => log.losses(start - 3000, start + 3000).length > 0);
      return isNew && log.losses(peer.openedAt - 6000, at).length > 0;
    });
  }
}
