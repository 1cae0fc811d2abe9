import { randomBytes } from 'node:crypto';
import {
  BroadcastBus,
  ConnectionDirectory,
  ConnectionRegistry,
  LocalBroadcastBus,
  MemoryConnectionDirectory,
  MemoryResumeStore,
  ResumeStore,
  type SecurityEvent,
  SecurityEvents,
} from 'nestjs-ws-security';
import { EchoGateway } from '../support/echo.gateway.js';
import { Logged } from '../support/logged.js';
import { ManualClock } from '../support/manual-clock.js';
import { MetricsOf } from '../support/metrics-of.js';
import { connectResuming } from '../support/resuming.js';
import { type RunningApp, startApp } from '../support/start-app.js';
import { TestClient } from '../support/test-client.js';
import { mintToken } from '../support/tokens.js';

/** The store of the application that fails. */
let failing = '';
/** How it does: not at all, at once, or later. */
let mood: 'well' | 'now' | 'later' = 'well';

function moody<T>(store: string, answer: () => T): T | Promise<T> {
  if (mood === 'well' || store !== failing) return answer();
  const error = new TypeError('canary of a store');
  if (mood === 'now') throw error;
  return Promise.reject(error);
}

class MoodyDirectory extends MemoryConnectionDirectory {
  override acquire(scope: string, limit: number): never {
    return moody('ConnectionDirectory', () => super.acquire(scope, limit)) as never;
  }
}

class MoodyBus extends LocalBroadcastBus {
  override publish(broadcast: Parameters<LocalBroadcastBus['publish']>[0]): never {
    return moody('BroadcastBus', () => super.publish(broadcast)) as never;
  }
}

class MoodySessions extends MemoryResumeStore {
  override fetch(token: string, owner: string, path: string): never {
    return moody('ResumeStore', () => super.fetch(token, owner, path)) as never;
  }
}

let running: RunningApp;
let told: SecurityEvent[];
let logged: Logged;
const clock = new ManualClock();

beforeEach(async () => {
  mood = 'well';
  told = [];
  running = await startApp({
    gateways: [EchoGateway],
    clock,
    options: { resume: true, heartbeatIntervalMs: 86_400_000, maxConnectionsPerUser: 1000 },
    module: {
      providers: [
        { provide: ConnectionDirectory, useClass: MoodyDirectory },
        { provide: BroadcastBus, useClass: MoodyBus },
        { provide: ResumeStore, useClass: MoodySessions },
      ],
    },
  });
  logged = new Logged();
  running.app.get(SecurityEvents).events.subscribe((event) => {
    if (event.type.startsWith('store.')) told.push(event);
  });
});

afterEach(async () => {
  logged.stop();
  await running.close();
});

const url = () => `${running.url}/ws`;

/** A store that fails three times is told once, and so is its end. */
async function tells(store: string, use: () => Promise<unknown>): Promise<void> {
  failing = store;
  for (mood of ['now', 'later'] as const) {
    for (let n = 0; n < 3; n++) await use();
    expect(told.splice(0)).toMatchObject([
      {
        type: 'store.unavailable',
        store,
        reason: 'TypeError',
        severity: 'error',
      },
    ]);
    clock.advance(1000);
    mood = 'well';
    for (let n = 0; n < 3; n++) await use();
    expect(told.splice(0)).toMatchObject([{ type: 'store.recovered', store, duration_ms: 1000 }]);
  }
}

it('L7 a directory of connections that fails is told', async () => {
  const token = await mintToken();
  await tells('ConnectionDirectory', async () => {
    const client = await TestClient.connect(url(), { token }).catch(() => undefined);
    expect(client === undefined).toBe(mood !== 'well');
    await client?.close();
  });
});

it('L7 O1 a bus of pushes that fails is told, and its calls are counted', async () => {
  const registry = running.app.get(ConnectionRegistry);
  const push = () =>
    registry.broadcast('news', 1).catch((error: Error) => expect(error.name).toBe('TypeError'));
  await tells('BroadcastBus', push);
  const metrics = new MetricsOf(running.app);
  // Those that are answered at once are not waited for.
  expect(metrics.value('ws_security_store_requests_total', { store: 'bus', outcome: 'failed' })).toBe(3);
});

it('L7 a store of sessions that fails is told', async () => {
  await tells('ResumeStore', async () => {
    // Another node has it.
    const token = randomBytes(32).toString('base64url');
    const { client, resume } = await connectResuming(url(), { token, lastSeq: 0 });
    expect(resume.recovered).toBe(false);
    await client.close();
  });
});
