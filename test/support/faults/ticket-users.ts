import { type FaultWorld, pause } from './fault-world.js';
import { Peer } from './peer.js';

const TAKERS = 4;

/** Takes tickets on several nodes at once. Each is good for one connection. */
export class TicketUsers {
  issued = 0;
  used = 0;

  constructor(private readonly world: FaultWorld) {}

  async run(): Promise<void> {
    const random = this.world.random(300);
    for (let n = 0; !this.world.isOver; n++) {
      await pause(random.between(200, 600));
      await this.use(`ticket-${n}`, random.pick(this.world.nodes).index);
    }
  }

  /** @returns how many connections one ticket was good for, undefined when there was none */
  async use(user: string, node: number): Promise<number | undefined> {
    const { world } = this;
    const startedAt = performance.now();
    const [status, { ticket }] = await world.post(node, '/auth/ticket', {}, await world.token(user));
    if (status !== 200) {
      if (![0, 503].includes(status)) world.violation(`a ticket was refused with ${status}`);
      return undefined;
    }
    this.issued++;
    const takers = Array.from({ length: TAKERS }, (_, n) =>
      world.connect((node + n) % world.nodes.length, {}, `?ticket=${String(ticket)}`),
    );
    const peers = (await Promise.all(takers)).filter((peer) => peer instanceof Peer);
    for (const peer of peers) peer.close();
    this.used += peers.length;
    const isForgotten = world.log.losses(startedAt, performance.now()).length > 0;
    if (peers.length > 1 && !isForgotten)
      world.violation(`a ticket was good for ${peers.length} connections`);
    return peers.length;
  }
}
