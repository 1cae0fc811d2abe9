import 'reflect-metadata';
import { WsConfigurationError } from 'nestjs-ws-security';
import { developmentSecret, serviceConfig } from '../service-config.js';
import { developmentCertificate } from '../tls/development-certificate.js';
import { Balancer } from './balancer.js';
import { LocalRedis } from './local-redis.js';
import { NodeProcess } from './node-process.js';

const DEFAULT_COUNT = '3';
const MAX_COUNT = 32;

/** How many nodes to start: `NODES`. */
function nodeCount(): number {
  const count = process.env['NODES'] || DEFAULT_COUNT;
  if (/^\d{1,2}$/.test(count) && Number(count) >= 1 && Number(count) <= MAX_COUNT) return Number(count);
  const message = `must be a whole number from 1 to ${MAX_COUNT}`;
  throw new WsConfigurationError([{ name: 'NODES', message }]);
}

/** Starts some nodes over one Redis behind a balancer, so that one can be killed while a page goes on at another. */
async function startNodes(): Promise<void> {
  const { host, port, socketPath, plainHttp } = serviceConfig();
  if (socketPath !== undefined) {
    const message = 'is for one instance; the balancer of several listens on HOST and PORT';
    throw new WsConfigurationError([{ name: 'SOCKET_PATH', message }]);
  }
  const count = nodeCount();
  // All nodes show the same one.
  if (!plainHttp && !process.env['WS_TLS_CERT_FILE']) await developmentCertificate();
  const secret = developmentSecret();
  const isGiven = Boolean(process.env['WS_REDIS_URL'] || process.env['WS_REDIS_URL_FILE']);
  const scheme = plainHttp ? 'http' : 'https';
  const starting = isGiven ? Promise.resolve(undefined) : LocalRedis.start();
  let isStopping = false;
  const nodes: NodeProcess[] = [];
  const balancer = new Balancer(() => nodes.flatMap((node) => node.port ?? []));
  const onChange = (node: NodeProcess): void => {
    const where = node.port === undefined ? 'has ended' : `listens on ${scheme}://localhost:${node.port}`;
    console.log(`Node ${node.number} (process ${node.pid}) ${where}`);
    if (!isStopping && nodes.every(({ port: own }) => own === undefined) && node.port === undefined)
      void Promise.all(nodes.map(({ ended }) => ended)).then(() => stop(1));
  };
  const stop = async (code: number): Promise<void> => {
    if (isStopping) return;
    isStopping = true;
    balancer.close();
    await Promise.all(nodes.map((node) => node.stop()));
    await (await starting)?.stop();
    process.exit(code);
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => void stop(0));

  const redis = await starting;
  const env = {
    WS_RESUME: 'true',
    ...process.env,
    ...(secret !== undefined && { WS_JWT_SECRET: secret }),
    ...(redis && { WS_REDIS_URL: redis.url }),
  };
  if (isStopping) return;
  for (let number = 1; number <= count; number++) nodes.push(new NodeProcess(number, env, onChange));
  await Promise.all(nodes.map(({ listening }) => listening));
  if (isStopping) return;
  const name = host === '127.0.0.1' ? 'localhost' : host;
  try {
    console.log(`Listening on ${scheme}://${name}:${await balancer.listen(port, host)}`);
  } catch (error) {
    console.error(error);
    await stop(1);
  }
}

startNodes().catch((error: unknown) => {
  console.error(error instanceof WsConfigurationError ? error.message : error);
  process.exit(1);
});
