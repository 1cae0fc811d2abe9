import 'reflect-metadata';
import { WsConfigurationError } from 'nestjs-ws-security';
import { developmentSecret, serviceConfig } from '../service-config.js';
import { developmentCertificate } from '../tls/development-certificate.js';
import { Balancer } from './balancer.js';
import { LocalRedis } from './local-redis.js';
import { NodeProcess } from './node-process.js';

const NODES = 3;

/** Starts three nodes over one Redis behind a balancer, so that one can be killed while a page goes on at another. */
async function startNodes(): Promise<void> {
  const { host, port, plainHttp } = serviceConfig();
  // All nodes show the same one.
  if (!plainHttp && !process.env['WS_TLS_CERT_FILE']) await developmentCertificate();
  const secret = developmentSecret();
  const isGiven = Boolean(process.env['WS_REDIS_URL'] || process.env['WS_REDIS_URL_FILE']);
  const redis = isGiven ? undefined : await LocalRedis.start();
  const env = {
    WS_RESUME: 'true',
    ...process.env,
    ...(secret !== undefined && { WS_JWT_SECRET: secret }),
    ...(redis && { WS_REDIS_URL: redis.url }),
  };

  const scheme = plainHttp ? 'http' : 'https';
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
    await redis?.stop();
    process.exit(code);
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => void stop(0));

  for (let number = 1; number <= NODES; number++) nodes.push(new NodeProcess(number, env, onChange));
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
