import type { LoadGenerator } from '../load/load-generator.js';
import type { DialectName } from '../load/dialect.js';
import type { ServerProcess } from '../processes/server-process.js';
import type { EchoLoad } from '../scale.js';

export interface EchoSliceOrder extends EchoLoad {
  readonly dialect: DialectName;
  readonly warmUpMs: number;
  readonly durationMs: number;
  /** What happens at the same time. Its work in the server counts. */
  readonly beside?: () => Promise<void>;
}

export interface EchoSlice {
  readonly messages: number;
  readonly elapsedMs: number;
  readonly generatorLoad: number;
  /** CPU microseconds of the clients. */
  readonly clientCpu: number;
  /** CPU microseconds of the server. */
  readonly cpu: number;
}

/** Opens connections, and measures echoes for some time. */
export async function echoSlice(
  load: LoadGenerator,
  server: ServerProcess,
  { dialect, connections: count, window, warmUpMs, durationMs, beside }: EchoSliceOrder,
): Promise<EchoSlice> {
  await load.open({ ...server.target, dialect, count, spread: false });
  await load.echo({ dialect, window, durationMs: warmUpMs });
  const before = await server.cpu();
  const [result] = await Promise.all([load.echo({ dialect, window, durationMs }), beside?.()]);
  const cpu = (await server.cpu()) - before;
  await load.close();
  return { ...result, cpu };
}

export function nameOf({ connections: count, window }: EchoLoad): string {
  const connections = `${count} ${count === 1 ? 'connection' : 'connections'}`;
  return window === 1 ? `${connections}, one message at a time` : `${connections}, window ${window}`;
}
