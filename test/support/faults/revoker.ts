import type { Random } from '../../redis/model/random.js';
import { type FaultWorld, pause, STALE_MS } from './fault-world.js';
import { Peer } from './peer.js';

interface Revoked {
  readonly user: string;
  readonly token: string;
  /** When it was acknowledged that all nodes will know. */
  readonly knownAt: number;
}

const CLOSED_MS = 2000;
/** How long after the last fault everything has to be known everywhere. */
const HEALED_MS = 8000;
const KICK_CLOSED = 4403;

/** Revokes users and kicks them, on any node. They must be gone from all, and stay out. */
export class Revoker {
  revoked = 0;
  attempts = 0;
  kicks = 0;
  private readonly all: Revoked[] = [];
  private readonly watches = new Set<Promise<void>>();

  constructor(private readonly world: FaultWorld) {}

  async run(): Promise<void> {
    await Promise.all([this.revokeSome(), this.tryAgain()]);
    await Promise.all(this.watches);
  }

  private async revokeSome(): Promise<void> {
    const random = this.world.random(400);
    for (let n = 0; !this.world.isOver; n++) {
      await pause(random.between(300, 1500));
      if (random.chance(0.7)) await this.revoke(`gone-${n}`, random);
      else await this.kick(`kicked-${n}`, random);
    }
  }

  private async revoke(user: string, random: Random): Promise<void> {
    const { world } = this;
    const token = await world.token(user);
    const peers = await this.connectAll(token);
    const node = random.pick(world.nodes).index;
    const askedAt = performance.now();
    const [status] = await world.post(node, '/auth/revoke', { userId: user }, await world.administrator());
    const knownAt = performance.now();
    if (![0, 200, 202, 503].includes(status)) world.violation(`a revocation was answered with ${status}`);
    if (status === 200) {
      this.revoked++;
      this.all.push({ user, token, knownAt });
    }
    if (status === 200) for (const peer of peers) this.watch(peer, `revoked ${user}`, askedAt, knownAt);
    else for (const [peer] of peers) peer.close();
  }

  private async kick(user: string, random: Random): Promise<void> {
    const { world } = this;
    const peers = await this.connectAll(await world.token(user));
    const node = random.pick(world.nodes).index;
    const administrator = await world.connect(node, { token: await world.administrator() });
    if (!(administrator instanceof Peer)) {
      for (const [peer] of peers) peer.close();
      return;
    }
    const askedAt = performance.now();
    const frame = await administrator.request('admin.kick', { userId: user });
    administrator.close();
    const knownAt = performance.now();
    if (frame?.event !== 'admin.kick') {
      for (const [peer] of peers) peer.close();
      return;
    }
    this.kicks++;
    const kicked = Number(frame.data?.['kicked']);
    if (kicked > peers.length) world.violation(`a kick of ${peers.length} connections counted ${kicked}`);
    for (const peer of peers) this.watch(peer, `kicked ${user}`, askedAt, knownAt, true);
  }

  private async connectAll(token: string): Promise<[Peer, number][]> {
    const attempts = this.world.nodes.map(async ({ index }): Promise<[Peer, number][]> => {
      const peer = await this.world.connect(index, { token });
      return peer instanceof Peer ? [[peer, index]] : [];
    });
    return (await Promise.all(attempts)).flat();
  }

  /** Within two seconds while nothing is wrong, otherwise soon after that. */
  private watch(
    [peer, node]: [Peer, number],
    what: string,
    askedAt: number,
    knownAt: number,
    isMessage = false,
  ): void {
    const watch = this.untilClosed(peer, node, what, askedAt, knownAt, isMessage).finally(() =>
      this.watches.delete(watch),
    );
    this.watches.add(watch);
  }

  private async untilClosed(
    peer: Peer,
    node: number,
    what: string,
    askedAt: number,
    knownAt: number,
    isMessage: boolean,
  ): Promise<void> {
    const { log } = this.world;
    const concerns = (from: number): boolean =>
      log.during(from - 3000, performance.now(), (fault) => fault.node === undefined || fault.node === node)
        .length > 0;
    await Promise.race([peer.closed, pause(CLOSED_MS + 50)]);
    if (peer.isOpen && !concerns(askedAt))
      this.world.violation(`${what} was open for more than ${CLOSED_MS} ms on node ${node}, without a fault`);
    let quietSince = performance.now();
    while (peer.isOpen) {
      await pause(100);
      const now = performance.now();
      if (log.during(now, now, (fault) => fault.node === undefined || fault.node === node).length > 0)
        quietSince = now;
      if (now - quietSince < HEALED_MS) continue;
      // A kick is a message: a node that had not read it when Redis lost its memory has never got it.
      if (isMessage && log.losses(askedAt - 1000, now).length > 0) {
        peer.close();
        return;
      }
      this.world.violation(
        `${what} is still open on node ${node}, ${((now - knownAt) / 1000).toFixed(1)} s later, and nothing is wrong`,
        askedAt,
      );
      peer.cut();
    }
    const code = await peer.closed;
    if (![KICK_CLOSED, 1012, 1006, 1001].includes(code))
      this.world.violation(`${what} was closed with ${code}`);
  }

  /** Tokens of revoked users, on any node, again and again. */
  private async tryAgain(): Promise<void> {
    const random = this.world.random(401);
    while (!this.world.isOver) {
      await pause(random.between(50, 250));
      if (this.all.length === 0) continue;
      const recent = this.all.slice(-10);
      await this.attempt(
        random.pick(random.chance(0.5) ? recent : this.all),
        random.pick(this.world.nodes).index,
      );
    }
  }

  private async attempt({ user, token, knownAt }: Revoked, node: number): Promise<void> {
    const askedAt = performance.now();
    this.attempts++;
    const peer = await this.world.connect(node, { token });
    if (!(peer instanceof Peer)) return;
    // The node may not have heard of it yet, or Redis has forgotten it and those who know are away.
    const isLate = askedAt > knownAt + STALE_MS;
    const isForgotten = this.world.log
      .losses(knownAt - 3000, askedAt)
      .some(({ to }) => askedAt - to < HEALED_MS);
    if (isLate && !isForgotten)
      this.world.violation(
        `node ${node} accepted ${user}, revoked ${(askedAt - knownAt).toFixed(0)} ms before`,
      );
    this.watch([peer, node], `accepted ${user}`, askedAt, knownAt);
  }
}
