import { PlaceNode, PlaceServer } from './place-world.js';
import { Random } from './random.js';
import { CALM, STORM } from './virtual-link.js';
import { VirtualTime } from './virtual-time.js';

const LIMIT = 10;
const SCOPES = 5;

/** A connection with its place. */
interface Connection {
  readonly node: PlaceNode;
  readonly scope: string;
}

export interface PlaceOutcome {
  readonly taken: number;
  /** The most connections of a scope at once. */
  readonly most: number;
  /** Of how many scopes all places could be taken when the storm was over. */
  readonly filled: number;
  readonly steps: number;
}

/** Connections come and go while calls are lost and late, nodes die and stand still, and Redis forgets. */
export async function runPlaces(seed: number, lengthMs: number, losesMemory: boolean): Promise<PlaceOutcome> {
  const random = new Random(seed);
  const time = new VirtualTime();
  const server = new PlaceServer(time);
  const weather = { ...(random.chance(0.2) ? CALM : STORM) };
  let created = 0;
  const start = (): PlaceNode => new PlaceNode(time, server, random, weather, `n${++created}`);
  const nodes = Array.from({ length: random.whole(1, 5) }, start);
  const open: Connection[] = [];
  let taken = 0;
  let most = 0;

  const connect = (): void => {
    const node = random.pick(nodes);
    const scope = `s${random.whole(1, SCOPES)}`;
    node.process.run(() =>
      node.take(scope, LIMIT, () => {
        taken += 1;
        open.push({ node, scope });
        most = Math.max(most, open.filter((one) => one.scope === scope).length);
      }),
    );
  };
  const disconnect = (): void => {
    const [connection] = open.splice(random.whole(0, open.length - 1), 1);
    connection?.node.process.run(() => connection.node.places.release(connection.scope));
  };
  let isOver = false;
  const traffic = (): void => {
    if (isOver || random.chance(0.6)) for (let n = random.chance(0.05) ? 20 : 1; n > 0; n--) connect();
    else disconnect();
    time.after(random.gap(30), traffic);
  };
  // A node that starts shortly before or after Redis loses its memory may not know all others that it has to wait for,
  // and a call that is late may hide that Redis has lost it again at once.
  let lastLoss = -Infinity;
  const trouble = (): void => {
    if (isOver) return;
    const at = random.whole(0, nodes.length - 1);
    const node = nodes[at] as PlaceNode;
    const kind = random.next();
    const isLongAgo = time.now > lastLoss + 15_000;
    if (kind < 0.3 && isLongAgo) {
      node.process.isDead = true;
      for (let i = open.length - 1; i >= 0; i--) if (open[i]?.node === node) open.splice(i, 1);
      nodes[at] = start();
    } else if (kind >= 0.3 && kind < 0.6) node.process.freeze(random.pick([3, 50, 300, 3000]));
    else if (kind >= 0.3 && kind < 0.8) server.process.freeze(random.pick([3, 100, 300, 2000]));
    else if (
      kind >= 0.8 &&
      kind < 0.9 &&
      losesMemory &&
      isLongAgo &&
      nodes.every((one) => one.knows(nodes))
    ) {
      lastLoss = time.now;
      server.loseMemory();
    }
    time.after(random.gap(0.3), trouble);
  };
  traffic();
  trouble();
  await run(time, lengthMs);
  isOver = true;
  Object.assign(weather, CALM);
  await run(time, lengthMs + 30_000);
  const filled = Array.from(
    { length: SCOPES },
    (_, i) => open.filter(({ scope }) => scope === `s${i + 1}`).length,
  );
  return {
    taken,
    most: most / LIMIT,
    filled: filled.filter((count) => count === LIMIT).length / SCOPES,
    steps: time.steps,
  };
}

/** Promises settle between two steps. */
async function run(time: VirtualTime, until: number): Promise<void> {
  while (time.now < until) {
    time.runUntil(Math.min(until, time.now + 1));
    await Promise.resolve();
  }
}
