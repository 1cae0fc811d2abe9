import { announce, answer } from '../processes/answers.js';
import { attack, type AttackOrder } from './attack.js';
import { driveEcho, type EchoOrder } from './echo.js';
import { closeGroup, openGroup, type OpenOrder } from './group.js';
import { driveHandshakes, type HandshakeOrder } from './handshakes.js';
import type { GeneratorLoad } from './load-generator.js';
import { driveLatency, type LatencyOrder } from './latency.js';
import type { RawConnection } from './raw-connection.js';
import { ReturningCrowd, type ReturningOrder } from './reconnect/crowd.js';
import { type BatchOrder, driveBatches } from './refused-frames.js';
import type { Target } from './target.js';

// The clients run in their own process, so that their work is not measured with the server's.

const returning = new ReturningCrowd();
let connections: RawConnection[] = [];
let received = 0;
let wanted = Infinity;
let reached: (() => void) | undefined;

/** Measures the share of one core that the work used. Near 1 the generator is the bottleneck. */
async function busy<T extends object>(work: () => Promise<T>): Promise<T & GeneratorLoad> {
  const cpu = process.cpuUsage();
  const started = performance.now();
  const result = await work();
  const { user, system } = process.cpuUsage(cpu);
  const clientCpu = user + system;
  return { ...result, clientCpu, generatorLoad: clientCpu / 1000 / (performance.now() - started) };
}

function close(): void {
  returning.leave();
  for (const connection of connections) connection.onClose = () => undefined;
  closeGroup(connections);
  connections = [];
}

/** Counts the frames that arrive from now on, on all connections. */
function listen(count: number): void {
  received = 0;
  wanted = count;
  for (const connection of connections) {
    connection.onFrame = () => {
      received++;
      if (received >= wanted) reached?.();
    };
  }
}

function heard(): Promise<void> {
  return received >= wanted ? Promise.resolve() : new Promise((resolve) => (reached = resolve));
}

answer({
  async open(order: OpenOrder) {
    close();
    connections = await openGroup(order);
  },
  close,
  echo: (order: EchoOrder) => busy(() => driveEcho(connections, order)),
  batches: (order: BatchOrder) => busy(() => driveBatches(connections, order)),
  handshakes: (order: HandshakeOrder) => driveHandshakes(order),
  latency: (order: LatencyOrder) => driveLatency(connections, order),
  attack: (order: AttackOrder) => attack(order),
  openReturning: (order: ReturningOrder) => returning.open(order),
  comeBack: (to: Target) => busy(() => returning.comeBack(to)),
  listen,
  heard,
  openCount: () => connections.filter(({ isClosed }) => !isClosed).length,
});
announce({});
