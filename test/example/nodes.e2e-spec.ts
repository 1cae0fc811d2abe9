import { once } from 'node:events';
import { bundledService } from '../support/bundled.js';
import { describeWithRedis } from '../support/redis-server.js';
import { Service } from '../support/service.js';
import { signIn } from '../support/sign-in.js';
import { TestClient } from '../support/test-client.js';

/** The script of `npm run start:nodes`. */
const BUILT_NODES = 'example/dist/server/nodes/main.js';
const SCRIPT = bundledService('nodes/main');

/** The processes of the nodes that were printed. */
function processesOf({ stdout }: Service): number[] {
  return [...stdout.matchAll(/^Node \d \(process (\d+)\) listens/gm)].map(([, pid]) => Number(pid));
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

describeWithRedis('npm run start:nodes', () => {
  let service: Service & { url: string };

  beforeAll(async () => {
    service = await Service.start({ PLAIN_HTTP: '1' }, SCRIPT);
  });

  afterAll(() => service.stop());

  it('starts as many nodes as NODES says, each with its number as its name', async () => {
    const token = await signIn(service.url, 'alice');
    const names = [];
    for (let node = 1; node <= 3; node++) {
      const client = await TestClient.connect(`${service.url.replace('http', 'ws')}/ws`, { token });
      names.push((await client.request('node')).data);
      await client.close();
    }
    expect(names).toEqual(expect.arrayContaining([{ name: '1' }, { name: '2' }, { name: '3' }]));

    const single = await Service.start({ PLAIN_HTTP: '1', NODES: '1' }, SCRIPT);
    await single.stop();
    expect(processesOf(single)).toHaveLength(1);

    const wrong = Service.spawn({ PLAIN_HTTP: '1', NODES: '0' }, SCRIPT);
    expect((await wrong.exited).code).toBe(1);
    expect(wrong.stderr).toContain('NODES: must be a whole number from 1 to 32');
  });

  it('starts three nodes behind one address, goes on when one is killed, and ends them all', async () => {
    const pids = processesOf(service);
    expect(pids).toHaveLength(3);
    expect(service.stdout).toContain('Development secret');

    const url = `${service.url.replace('http', 'ws')}/ws`;
    const token = await signIn(service.url, 'alice');
    const connect = () => TestClient.connect(url, { token });
    const clients = [await connect(), await connect(), await connect()];
    for (const client of clients) await client.request('chat.join', { room: 'lobby' });
    const isHeard = async (by: readonly TestClient[]): Promise<void> => {
      by[0]?.send({ event: 'chat.send', data: { room: 'lobby', text: 'hello' } });
      for (const client of by) expect(await client.next()).toMatchObject({ event: 'chat.message' });
    };
    await isHeard(clients);

    process.kill(pids[0] as number, 'SIGKILL');
    await Promise.race(clients.map(({ closed }) => closed));
    while (!/^Node \d \(process \d+\) has ended$/m.test(service.stdout))
      await once(service.process.stdout!, 'data');
    const left = clients.filter(({ socket }) => socket.readyState === socket.OPEN);
    expect(left).toHaveLength(2);
    await isHeard(left);
    // Another node takes over, at the same address.
    await isHeard([await joined(await connect()), ...left]);

    expect(await service.stop()).toEqual({ code: 0, signal: null });
    for (const { closed } of left) expect((await closed).code).toBe(1012);
    expect(pids.filter(isRunning)).toEqual([]);
  });

  it('ends when the nodes cannot start, with what is wrong', async () => {
    const wrong = Service.spawn({ PLAIN_HTTP: '1', NODES: '1', WS_RATE_LIMIT: 'x' }, BUILT_NODES);
    expect((await wrong.exited).code).toBe(1);
    expect(wrong.stderr).toContain('WS_RATE_LIMIT: must be a whole number');
  });
});

async function joined(client: TestClient): Promise<TestClient> {
  await client.request('chat.join', { room: 'lobby' });
  return client;
}
