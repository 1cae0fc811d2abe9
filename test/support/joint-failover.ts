import { ConnectStorm } from './connect-storm.js';
import { expectKept, JointMemory } from './joint-cases.js';
import { CONNECTIONS, JointService, MANY, MANY_TTL_MS } from './joint-service.js';
import { expectRoomsInOrder, JointTraffic } from './joint-traffic.js';
import { mintToken } from './tokens.js';

const CONNECTS = 1000;

export interface Failover {
  /** Lets another server become master. */
  begin: () => unknown;
  /** Is called as soon as both have told of an outage; without it there need not be one. */
  meanwhile?: () => Promise<void>;
  /** How often the limit may be accepted in a window that touches the failover. */
  most: number;
  /** Another node of the service. */
  startLater: () => Promise<JointService['one']>;
}

/**
 * Puts traffic on two applications while another server becomes master, and expects that messages are answered all the
 * time, limits hold again a window later, rooms are in order, no user has more connections than the cap, and nothing that
 * counts is forgotten.
 *
 * @returns how long it took until both could use Redis again, in milliseconds
 */
export async function goThroughFailover(
  service: JointService,
  user: string,
  { begin, meanwhile, most, startLater }: Failover,
): Promise<number> {
  const memory = await JointMemory.make(service);
  const traffic = await JointTraffic.start(service, user);
  const storm = new ConnectStorm();
  const connect = async (count: number): Promise<void> => {
    const urls = service.nodes.map(({ url }) => url);
    await storm.run(urls, await mintToken({ sub: `${user}-stormer` }), count);
  };
  try {
    await sleep(MANY_TTL_MS / 2);
    service.forget();
    const begunAt = performance.now();
    const stormed = connect(CONNECTS);
    await storm.answered();
    await begin();
    if (meanwhile) await service.heard('cluster.down').then(meanwhile);
    await service.heard('cluster.failover');
    await service.healed();
    const healedAt = performance.now();
    await stormed;
    // While a partition is away, each node may count for itself.
    expect(storm.open.size).toBeLessThanOrEqual(service.nodes.length * CONNECTIONS);
    await sleep(2.5 * MANY_TTL_MS);
    await traffic.stop();
    expect([...traffic.answers]).toEqual(['echo']);
    expect(traffic.longestMs()).toBeLessThan(2000);
    expect(traffic.mostInWindow()).toBeLessThanOrEqual(most * MANY);
    const after = traffic.mostInWindow(healedAt + MANY_TTL_MS);
    expect(after).toBeLessThanOrEqual(MANY);
    expect(after).toBeGreaterThan(MANY / 2);
    expectRoomsInOrder(traffic);
    await storm.end(storm.open.size - CONNECTIONS / 2);
    while (storm.open.size < CONNECTIONS) await connect(2 * CONNECTIONS);
    await connect(CONNECTS / 10);
    expect(storm.open.size).toBe(CONNECTIONS);
    const later = await startLater();
    await expectKept(memory, later);
    await later.close();
    return healedAt - begunAt;
  } finally {
    await storm.end();
    traffic.abandon();
  }
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
