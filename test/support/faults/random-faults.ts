import { Chat } from './chat.js';
import { Crowd } from './crowd.js';
import { FaultInjector } from './fault-injector.js';
import { FaultWorld, type FaultRules, pause } from './fault-world.js';
import { FinalCheck } from './final-check.js';
import { Flood } from './flood.js';
import { Revoker } from './revoker.js';
import { TicketUsers } from './ticket-users.js';

export interface FaultReport {
  readonly violations: readonly string[];
  /** What was done, and how much was seen meanwhile. */
  readonly counts: Readonly<Record<string, number>>;
}

/** Runs nodes over Redis through random faults, and says which promises they broke. */
export async function runRandomFaults(rules: FaultRules, durationMs: number): Promise<FaultReport> {
  const world = await FaultWorld.start(rules);
  try {
    return await observe(world, durationMs);
  } finally {
    await world.stop();
  }
}

async function observe(world: FaultWorld, durationMs: number): Promise<FaultReport> {
  const injector = new FaultInjector(world);
  const flood = new Flood(world);
  const crowd = new Crowd(world);
  const tickets = new TicketUsers(world);
  const revoker = new Revoker(world);
  const chat = new Chat(world);
  const hangs = setInterval(() => world.findHangs(), 500);
  const clients = [flood.run(), crowd.run(), tickets.run(), revoker.run(), chat.run()];
  const faults = injector.run();
  await pause(durationMs);
  world.areFaultsOver = true;
  await faults;
  // What was done last has to heal under load.
  await pause(5000);
  world.isOver = true;
  await Promise.all(clients);
  await new FinalCheck(world, chat, tickets).run();
  await chat.end();
  clearInterval(hangs);
  for (const part of [flood, crowd, chat]) part.check();
  return {
    violations: world.violations,
    counts: {
      ...Object.fromEntries(injector.counts),
      'accepted messages': flood.accepted,
      ...Object.fromEntries([...flood.codes].map(([code, count]) => [`answers ${code}`, count])),
      ...Object.fromEntries([...crowd.statuses].map(([status, count]) => [`handshakes ${status}`, count])),
      tickets: tickets.issued,
      'tickets used': tickets.used,
      revocations: revoker.revoked,
      'attempts of revoked users': revoker.attempts,
      kicks: revoker.kicks,
      'stored pushes': chat.stored.length,
      'refused pushes': chat.refused,
      sessions: chat.members.reduce((sum, { stays }) => sum + stays.length, 0),
      'recovered sessions': chat.members.reduce((sum, { recovered }) => sum + recovered, 0),
    },
  };
}
