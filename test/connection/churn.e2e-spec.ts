import { abortedVisit, refusedVisit, runVisits, visit, type Visit } from '../support/visits.js';
import { expectConnections } from '../support/connection-count.js';
import { keptMb, TELLS_MEMORY } from '../support/kept-memory.js';
import { hasProc, residentMb } from '../support/resident-memory.js';
import { Service } from '../support/service.js';
import { mintToken } from '../support/tokens.js';
import { UNLIMITED } from '../support/unlimited.js';

/** The number of connections in requirement S10. */
const VISITS = 10_000;
const WARM_UP = 1000;
const AT_ONCE = 50;
/** Of what is not garbage: 400 bytes a visit. */
const MAX_KEPT_MB = 4;
const MAX_GROWTH_MB = 25;
/** Not so little that the service does nothing but collect garbage. */
const HEAP_MB = 96;

let service: Service & { url: string };

afterEach(() => service.stop());

const memoryMb = async () =>
  hasProc ? { kept: await keptMb(service), resident: residentMb(service) } : { kept: 0, resident: 0 };

it('S10 after 10,000 visits no connection is left and memory is back to its level', async () => {
  service = await Service.start({
    ...UNLIMITED,
    NODE_OPTIONS: `--max-old-space-size=${HEAP_MB} ${TELLS_MEMORY}`,
    PLAIN_HTTP: '1',
    WS_AUTH_SOURCES: 'header,subprotocol,message',
    WS_RESUME: 'true',
    WS_RESUME_TTL_MS: '1000',
  });
  const url = `${service.url.replace('http://localhost', 'ws://127.0.0.1')}/ws`;
  const token = await mintToken();
  const kinds: Visit[] = [
    // Sends a message and closes.
    () =>
      visit(url, {
        token,
        stay: (visitor) => {
          visitor.onMessage(() => visitor.close(1000));
          visitor.send('{"event":"echo","data":{"text":"hi"},"id":1}');
        },
      }),
    // The connection breaks.
    () => visit(url, { token, stay: (visitor) => visitor.terminate() }),
    // The connection breaks, and its session could be resumed.
    () =>
      visit(url, {
        token,
        protocols: ['ws-security.v1'],
        stay: (visitor) => visitor.onMessage(() => visitor.terminate()),
      }),
    // Is refused.
    () => refusedVisit(url, { Authorization: 'Bearer wrong' }, 401),
    // Closes without the first message that would log it in.
    () => visit(url, { stay: (visitor) => visitor.close() }),
    // Disconnects without waiting for an answer.
    () => abortedVisit(url, token),
  ];

  await runVisits(kinds, WARM_UP, AT_ONCE);
  await expectConnections(service.url, 0);
  const before = await memoryMb();
  await runVisits(kinds, VISITS, AT_ONCE);
  await expectConnections(service.url, 0);
  const after = await memoryMb();
  expect(after.kept - before.kept).toBeLessThan(MAX_KEPT_MB);
  expect(after.resident - before.resident).toBeLessThan(MAX_GROWTH_MB);
  expect(service.process.exitCode).toBeNull();
}, 300_000);
