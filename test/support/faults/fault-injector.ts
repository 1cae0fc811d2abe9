import type { Random } from '../../redis/model/random.js';
import { type FaultWorld, pause } from './fault-world.js';
import type { ServiceNode } from './service-node.js';

/** Nodes and memory are not lost together: nobody would know any more what was revoked. */
const APART_MS = 8000;

type Inject = (random: Random) => Promise<void>;

/** Does things to Redis, to nodes and to the lines between them, until it is over. */
export class FaultInjector {
  readonly counts = new Map<string, number>();
  private readonly busy = new Set<number | 'redis'>();
  private lostAt = -Infinity;
  private endedAt = -Infinity;
  private hasSnapshot = false;

  constructor(private readonly world: FaultWorld) {}

  async run(): Promise<void> {
    await Promise.all([this.act(1), this.act(2)]);
  }

  private async act(part: number): Promise<void> {
    const random = this.world.random(part);
    while (!this.world.areFaultsOver) {
      await pause(random.between(200, 2500));
      if (this.world.areFaultsOver) return;
      if (random.chance(0.4)) await this.atRedis(random);
      else await this.atNode(random);
    }
  }

  private async atRedis(random: Random): Promise<void> {
    const all: Record<string, Inject> = {
      freeze: (own) => this.freeze(own),
      'SCRIPT FLUSH': () => this.flushScripts(),
      ...(performance.now() - this.endedAt > APART_MS && {
        'restart empty': (own) => this.restart(own, false),
        ...(this.hasSnapshot && { 'restart from a snapshot': (own) => this.restart(own, true) }),
      }),
      snapshot: () => this.snapshot(),
    };
    await this.doTo('redis', random, all);
  }

  private async atNode(random: Random): Promise<void> {
    const node = random.pick(this.world.nodes);
    const all: Record<string, Inject> = {
      'cut once': () => this.cutOnce(node),
      refuse: (own) => this.refuse(node, own),
      swallow: (own) => this.swallow(node, own),
      delay: (own) => this.delay(node, own),
      suspend: (own) => this.suspend(node, own),
      ...(performance.now() - this.lostAt > APART_MS && {
        kill: (own) => this.end(node, own, () => node.kill()),
        stop: (own) => this.end(node, own, () => node.stop()),
      }),
    };
    await this.doTo(node.index, random, all);
  }

  private async doTo(target: number | 'redis', random: Random, all: Record<string, Inject>): Promise<void> {
    const name = random.pick(Object.keys(all));
    if (this.busy.has(target)) return;
    this.busy.add(target);
    this.counts.set(name, (this.counts.get(name) ?? 0) + 1);
    await (all[name] as Inject)(random);
    this.busy.delete(target);
  }

  private async freeze(random: Random): Promise<void> {
    const end = this.world.log.begin('frozen');
    this.world.redis.freeze();
    await pause(random.pick([random.between(50, 1500), random.between(1500, 8000)]));
    this.world.redis.thaw();
    end();
  }

  private async flushScripts(): Promise<void> {
    await this.world.redis.command('SCRIPT', 'FLUSH');
  }

  private async snapshot(): Promise<void> {
    await this.world.redis.snapshot();
    this.hasSnapshot = true;
  }

  private async restart(random: Random, fromSnapshot: boolean): Promise<void> {
    this.lostAt = Infinity;
    const end = this.world.log.begin(fromSnapshot ? 'rolled-back' : 'lost');
    await this.world.redis.kill();
    await pause(random.pick([0, random.between(0, 3000)]));
    await this.world.redis.restart({ fromSnapshot });
    end();
    this.hasSnapshot &&= fromSnapshot;
    this.lostAt = performance.now();
  }

  private async cutOnce({ relay, index }: ServiceNode): Promise<void> {
    const end = this.world.log.begin('cut', index);
    relay.cut();
    await pause(20);
    end();
  }

  private async refuse({ relay, index }: ServiceNode, random: Random): Promise<void> {
    const end = this.world.log.begin('cut', index);
    relay.isRefusing = true;
    relay.cut();
    await pause(random.between(300, 6000));
    relay.isRefusing = false;
    end();
  }

  private async swallow({ relay, index }: ServiceNode, random: Random): Promise<void> {
    const end = this.world.log.begin('cut', index);
    relay.isSwallowing = true;
    await pause(random.between(300, 5000));
    relay.isSwallowing = false;
    end();
  }

  private async delay({ relay, index }: ServiceNode, random: Random): Promise<void> {
    const end = this.world.log.begin('slow', index);
    relay.delayMs = random.pick([random.between(5, 100), random.between(100, 600)]);
    await pause(random.between(500, 5000));
    relay.delayMs = 0;
    end();
  }

  private async suspend(node: ServiceNode, random: Random): Promise<void> {
    const end = this.world.log.begin('suspended', node.index);
    node.suspend();
    await pause(random.pick([random.between(100, 2500), random.between(2500, 9000)]));
    node.wake();
    end();
  }

  private async end(node: ServiceNode, random: Random, how: () => Promise<void>): Promise<void> {
    this.endedAt = Infinity;
    const end = this.world.log.begin('ended', node.index);
    await how();
    await pause(random.between(0, 2000));
    await node.start();
    end();
    this.endedAt = performance.now();
  }
}
