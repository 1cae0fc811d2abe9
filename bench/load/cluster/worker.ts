import { announce, answer } from '../../processes/answers.js';
import { closeGroup, openGroup } from '../group.js';
import type { RawConnection } from '../raw-connection.js';
import { crowd, type CrowdOrder } from './crowd.js';
import { flood, type FloodOrder } from './flood.js';
import { honest, type HonestOrder, isAdmitting } from './honest.js';
import { Members } from './members.js';
import { type MoveOrder, moveAround } from './movers.js';
import { driveTraffic, type TrafficOrder } from './traffic.js';
import { watch, type WatchOrder, whenClosed } from './watched.js';

// The clients of several nodes run in their own process, so that their work is not measured with the nodes'.

export interface UsersOrder {
  /** Every user has a connection to each of these. */
  readonly ports: readonly number[];
  readonly users: number;
}

let connections: RawConnection[] = [];
let members = new Members();

/** Measures the share of one core that the work used. Near 1 the generator is the bottleneck. */
async function busy<T extends object>(work: () => Promise<T>): Promise<T & { generatorLoad: number }> {
  const cpu = process.cpuUsage();
  const started = performance.now();
  const result = await work();
  const { user, system } = process.cpuUsage(cpu);
  return { ...result, generatorLoad: (user + system) / 1000 / (performance.now() - started) };
}

function close(): void {
  members.leave();
  members = new Members();
  closeGroup(connections);
  connections = [];
}

answer({
  async open({ ports, users }: UsersOrder) {
    close();
    for (const port of ports)
      connections.push(...(await openGroup({ port, dialect: 'nest', count: users, spread: true })));
  },
  close,
  traffic: (order: TrafficOrder) => busy(() => driveTraffic(connections, order)),
  flood: (order: FloodOrder) => flood(order),
  crowd: (order: CrowdOrder) => crowd(order),
  honest: (order: HonestOrder) => busy(() => honest(order)),
  isAdmitting,
  join: (ports: readonly number[]) => members.join(ports),
  members: () => members.take(),
  reached: () => members.reached,
  move: (order: MoveOrder) => busy(() => moveAround(order)),
  watch: (order: WatchOrder) => watch(order),
  closed: whenClosed,
});
announce({});
