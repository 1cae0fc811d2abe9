import { Account, LimitNode, LimitServer } from './limit-world.js';
import { Random } from './random.js';
import { CALM, STORM, type Weather } from './virtual-link.js';
import { VirtualTime } from './virtual-time.js';

export interface Flood {
  readonly seed: number;
  readonly nodes: number;
  readonly users: number;
  readonly limit: number;
  readonly ttl: number;
  /** Messages a second of all users on all nodes together. */
  readonly perSecond: number;
  readonly mostCost: number;
  readonly lengthMs: number;
  readonly weather?: Weather;
  /** Each user is on one node only. */
  readonly isPinned?: boolean;
  /** Sets the clock of Redis. */
  readonly clockStep?: { readonly at: number; readonly ms: number };
  /** What was accepted before is not counted. */
  readonly countFrom?: number;
  /** Messages and calls of before are not counted. */
  readonly callsFrom?: number;
}

export interface Outcome {
  readonly messages: number;
  readonly accepted: number;
  readonly possible: number;
  /** The most in any window of any user, as a share of the limit. */
  readonly most: number;
  readonly calls: number;
  readonly steps: number;
}

/** Steady traffic on nodes that nothing happens to. */
export function runFlood({
  seed,
  nodes: count,
  users,
  limit,
  ttl,
  perSecond,
  mostCost,
  lengthMs,
  weather = CALM,
  isPinned,
  clockStep,
  countFrom = 0,
  callsFrom = 0,
}: Flood): Outcome {
  const random = new Random(seed);
  const time = new VirtualTime();
  const server = new LimitServer(time);
  const nodes = Array.from(
    { length: count },
    (_, i) => new LimitNode(time, server, random, weather, `n${i}`),
  );
  const accounts = Array.from({ length: users }, () => new Account(time, ttl, limit));
  let messages = 0;
  const next = (): void => {
    const user = random.whole(0, users - 1);
    const account = accounts[user] as Account;
    const cost = random.whole(1, mostCost);
    const counts = time.now >= countFrom;
    messages += 1;
    if (counts) account.ask(cost);
    const node = isPinned ? nodes[user % count] : random.pick(nodes);
    node?.hit(`u${user}`, ttl, limit, cost, () => counts && account.accept(cost));
    time.after(random.gap(perSecond), next);
  };
  next();
  if (clockStep) time.at(clockStep.at, () => (server.shift += clockStep.ms));
  time.runUntil(callsFrom);
  const before = { messages, calls: callsOf(nodes) };
  time.runUntil(lengthMs);
  const outcome = outcomeOf(messages, accounts, limit, nodes, time);
  return { ...outcome, messages: messages - before.messages, calls: outcome.calls - before.calls };
}

/** Random traffic on nodes that crash and stand still, over a Redis that does so, with calls lost and late. */
export function runStorm(seed: number, lengthMs: number, limit?: number): Outcome {
  const random = new Random(seed);
  const time = new VirtualTime();
  const server = new LimitServer(time);
  const most = limit ?? random.pick([40, 60, 100, 333, 1000]);
  const ttl = random.pick([1000, 1000, 2345, 10_000, 60_000]);
  const account = new Account(time, ttl, most);
  const mostCost = random.pick([1, 1, 3, Math.floor(most / 4)]);
  const weather = random.chance(0.2) ? CALM : STORM;
  const all: LimitNode[] = [];
  const start = (): LimitNode => {
    const node = new LimitNode(time, server, random, weather, `n${all.length}`);
    all.push(node);
    return node;
  };
  const nodes = Array.from({ length: random.whole(1, 6) }, start);
  let perSecond = (most / ttl) * 1000;
  let messages = 0;
  const next = (): void => {
    // Quiet, at the limit, a flood; and what a moment brings.
    if (random.chance(0.01)) perSecond = (most / ttl) * 1000 * random.pick([0.05, 0.5, 1, 3, 20]);
    for (let burst = random.chance(0.02) ? random.whole(1, most) : 1; burst > 0; burst--) {
      const cost = random.whole(1, mostCost);
      const node = random.pick(nodes);
      messages += 1;
      account.ask(cost);
      node.process.run(() => node.hit('u', ttl, most, cost, () => account.accept(cost)));
    }
    time.after(random.gap(perSecond), next);
  };
  const trouble = (): void => {
    const at = random.whole(0, nodes.length - 1);
    const node = nodes[at] as LimitNode;
    const kind = random.next();
    if (kind < 0.3) {
      node.process.isDead = true;
      nodes[at] = start();
    } else if (kind < 0.6) node.process.freeze(random.pick([3, 50, 300, ttl / 8, ttl, 30_000]));
    else if (kind < 0.8) server.process.freeze(random.pick([3, 100, 300, 2000]));
    time.after(random.gap(4000 / ttl), trouble);
  };
  next();
  trouble();
  time.runUntil(lengthMs);
  return outcomeOf(messages, [account], most, all, time);
}

function callsOf(nodes: readonly LimitNode[]): number {
  return nodes.reduce((all, { link }) => all + link.calls, 0);
}

function outcomeOf(
  messages: number,
  accounts: readonly Account[],
  limit: number,
  nodes: readonly LimitNode[],
  time: VirtualTime,
): Outcome {
  const sum = (of: (account: Account) => number): number => accounts.reduce((all, one) => all + of(one), 0);
  return {
    messages,
    accepted: sum(({ accepted }) => accepted),
    possible: sum(({ possible }) => possible),
    most: Math.max(...accounts.map(({ most }) => most)) / limit,
    calls: callsOf(nodes),
    steps: time.steps,
  };
}
