import fc from 'fast-check';
import { Bystander } from '../support/bystander.js';
import { expectConnections } from '../support/connection-count.js';
import { expectEqual } from '../support/expect-equal.js';
import { anyFrame } from '../support/random-frames.js';
import { isCut, RawConnection, type Target } from '../support/raw-connection.js';
import { hasProc, residentMb } from '../support/resident-memory.js';
import { Service } from '../support/service.js';
import { mintToken } from '../support/tokens.js';
import { UNLIMITED } from '../support/unlimited.js';

const FRAMES = 20_000;
const FRAMES_PER_CONNECTION = 10;
const CONNECTIONS_AT_ONCE = 20;
const MAX_P99_MS = 100;
const MIN_ECHOES = 30;
const MAX_GROWTH_MB = 60;
/** Log lines of all kinds per time window. */
const MAX_LINES = 400;
const WINDOW_MS = 10_000;
/** Fixed, so that every run has the same frames. FUZZ_SEED overrides it. */
const SEED = Number(process.env['FUZZ_SEED'] ?? 1);

/** Whether a server may send the close code. 1011 would mean a fault of the server. */
const isAllowed = (code: number): boolean =>
  code !== 1011 && ((code >= 1000 && code <= 1014 && ![1004, 1005, 1006].includes(code)) || code >= 3000);

/** Whether a message is one that a service may send. */
function isAnswer(message: string): boolean {
  const { event, data } = JSON.parse(message) as { event: unknown; data?: { code?: string } | null };
  return typeof event === 'string' && data?.code !== 'INTERNAL_ERROR';
}

/** Writes the frames, ends its side and reads to the end. @returns the number of answers */
async function pour(frames: readonly Buffer[], target: Target): Promise<number> {
  const connection = await RawConnection.open(target);
  try {
    for (const bytes of frames) connection.write(bytes);
    await connection.finish().catch((error: unknown) => {
      // A connection may be cut while this side still writes to it.
      if (!isCut(error)) throw error;
    });
    const { closing } = connection;
    const code = closing && closing.length > 0 ? closing.readUInt16BE() : 1000;
    const wrong = connection.messages.filter((message) => !isAnswer(message));
    expectEqual({ wrong, code, isAllowed: isAllowed(code) }, { wrong: [], code, isAllowed: true });
    return connection.messages.length + connection.pongs.length;
  } finally {
    connection.destroy();
  }
}

describe('random frames', () => {
  let service: Service & { url: string };

  beforeAll(async () => {
    service = await Service.start({ ...UNLIMITED, PLAIN_HTTP: '1' });
  });

  afterAll(() => service.stop());

  it('I1 I7 L5 neither stop nor slow the service, and leave no connection or memory behind', async () => {
    const { url, process } = service;
    const { pid } = process;
    const target = { url, token: await mintToken({ sub: 'fuzzer' }) };
    const bystander = await Bystander.connect(service, await mintToken({ sub: 'bystander' }));
    const script = fc.array(anyFrame, {
      minLength: FRAMES_PER_CONNECTION,
      maxLength: FRAMES_PER_CONNECTION,
    });
    const scripts = fc.array(script, { minLength: CONNECTIONS_AT_ONCE, maxLength: CONNECTIONS_AT_ONCE });
    const startedAt = performance.now();
    const mbBefore = hasProc ? residentMb(service) : 0;

    let answers = 0;
    const property = fc.asyncProperty(scripts, async (round) => {
      const counts = await Promise.all(round.map((frames) => pour(frames, target)));
      for (const count of counts) answers += count;
    });
    // No shrinking: after a failure the service may be gone.
    await fc.assert(property, {
      seed: SEED,
      numRuns: FRAMES / FRAMES_PER_CONNECTION / CONNECTIONS_AT_ONCE,
      endOnFailure: true,
    });
    const echoes = await bystander.leave();

    expect(echoes.count).toBeGreaterThan(MIN_ECHOES);
    expect(echoes.p99).toBeLessThan(MAX_P99_MS);
    await expectConnections(url, 0);
    expect(hasProc ? residentMb(service) - mbBefore : 0).toBeLessThan(MAX_GROWTH_MB);
    expect([process.pid, process.exitCode, service.stderr]).toEqual([pid, null, '']);
    const windows = Math.ceil((performance.now() - startedAt) / WINDOW_MS);
    expect(service.stdout.split('\n').length).toBeLessThan(MAX_LINES * windows);
    // Many of the frames must be valid enough to be answered.
    expect(answers).toBeGreaterThan(FRAMES / 10);
  }, 120_000);
});
