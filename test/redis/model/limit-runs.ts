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
  /** Another number of messages a second from a moment on. */
  readonly surge?: { readonly at: number; readonly perSecond: number };
  /** Sets the clock of Redis. */
  readonly clockStep?: { readonly at: number; readonly ms: number };
  /** What was accepted before is not counted. */
  readonly countFrom?: number;
  /** Messages, calls and what was accepted before are not counted; the windows of then are. */
  readonly callsFrom?: number;
}

export interface Outcome {
  readonly messages: number;
  readonly accepted: number;
  readonly possible: number;
  /** The most in any window of any user, as a share of the limit. */
  readonly most: number;
  readonly calls: number;
  /** Messages that waited for a call. */
  readonly waited: number;
  /** Windows that were asked for, over all calls. */
  readonly renewed: number;
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
  surge,
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
    time.after(random.gap(surge && time.now >= surge.at ? surge.perSecond : perSecond), next);
  };
  next();
  if (clockStep) time.at(clockStep.at, () => (server.shift += clockStep.ms));
  time.runUntil(callsFrom);
  const before = outcomeOf(messages, accounts, limit, nodes, time);
  time.runUntil(lengthMs);
  const outcome = outcomeOf(messages, accounts, limit, nodes, time);
  return {
    ...outcome,
    messages: outcome.messages - before.messages,
    accepted: outcome.accepted - before.accepted,
    possible: outcome.possible - before.possible,
    calls: outcome.calls - before.calls,
    waited: outcome.waited - before.waited,
    renewed: outcome.renewed - before.renewed,
  };
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

function outcomeOf(
  messages: number,
  accounts: readonly Account[],
  limit: number,
  nodes: readonly LimitNode[],
  time: VirtualTime,
): Outcome {
  return {
    messages,
    accepted: sum(accounts, ({ accepted }) => accepted),
    possible: sum(accounts, ({ possible }) => possible),
    most: Math.max(...accounts.map(({ most }) => most)) / limit,
    calls: sum(nodes, ({ link }) => link.calls),
    waited: sum(nodes, ({ waited }) => waited),
    renewed: sum(nodes, ({ renewed }) => renewed),
    steps: time.steps,
  };
}

function sum<T>(list: readonly T[], of: (one: T) => number): number {
  return list.reduce((all, one) => all + of(one), 0);
}
