/*
 * Starts the specs that take longest first, so that no worker is still busy with one when the others have ended, and
 * those that wait beside those that compute, so that the processors are never idle. Jest knows how long they take where
 * it has run before; a clean checkout knows it from here.
 */
const path = require('node:path');
const { default: TestSequencer } = require('@jest/test-sequencer');

/** What a spec takes that nobody has measured. */
const USUAL_MS = 400;

/** Those that mostly wait, in seconds. Only the order matters, so small changes need no update. */
const WAITING = {
  'test/redis/cluster.e2e-spec.ts': 31,
  'test/redis/thousand-connects.e2e-spec.ts': 30,
  'test/redis/bounded-outages.e2e-spec.ts': 28,
  'test/package/bench-nodes.e2e-spec.ts': 24,
  'test/redis/random-faults.e2e-spec.ts': 23,
  'test/redis/sentinel.e2e-spec.ts': 19,
  'test/redis/suspended-node.e2e-spec.ts': 19,
  'test/redis/full-redis.e2e-spec.ts': 17,
  'test/redis/cluster-contracts.e2e-spec.ts': 15,
  'test/redis/limits.e2e-spec.ts': 13,
  'test/redis/streams.e2e-spec.ts': 12,
  'test/redis/slow-redis.e2e-spec.ts': 10,
  'test/redis/link.e2e-spec.ts': 9,
  'test/redis/nodes-as-one-outage.e2e-spec.ts': 9,
  'test/redis/nodes-as-one-start.e2e-spec.ts': 9,
  'test/connection/stopped-peer.e2e-spec.ts': 8,
  'test/redis/redis-clock.e2e-spec.ts': 8,
  'test/example/probes.e2e-spec.ts': 7,
  'test/redis/caps.e2e-spec.ts': 7,
  'test/redis/signals-resume.e2e-spec.ts': 7,
  'test/redis/tables-contracts.e2e-spec.ts': 7,
  'test/redis/tables-outages.e2e-spec.ts': 7,
  'test/redis/tables-size.e2e-spec.ts': 7,
  'test/redis/link-failover.e2e-spec.ts': 6,
  'test/redis/nodes-as-one-shared.e2e-spec.ts': 6,
  'test/redis/nodes-as-one.e2e-spec.ts': 6,
  'test/redis/nodes.e2e-spec.ts': 6,
  'test/redis/restarted-redis.e2e-spec.ts': 6,
  'test/redis/versions.e2e-spec.ts': 6,
  'test/redis/sentinel-contracts.e2e-spec.ts': 5,
  'test/redis/tables.e2e-spec.ts': 5,
  'test/redis/tickets.e2e-spec.ts': 5,
  'test/redis/limits-costs.e2e-spec.ts': 4,
  'test/redis/limits-model.spec.ts': 4,
  'test/redis/link-blocking.e2e-spec.ts': 4,
  'test/redis/link-slow.e2e-spec.ts': 4,
  'test/redis/streams-contracts.e2e-spec.ts': 4,
  'test/redis/cut-lines.e2e-spec.ts': 3,
  'test/redis/late-reader.e2e-spec.ts': 3,
};

/** Those that compute, with their child processes. */
const COMPUTING = {
  'test/example/page.e2e-spec.ts': 33,
  'test/package/bench.e2e-spec.ts': 21,
  'test/package/newcomer.e2e-spec.ts': 17,
  'test/connection/churn.e2e-spec.ts': 15,
  'test/admin/operator-page.e2e-spec.ts': 13,
  'test/example/nodes-page.e2e-spec.ts': 12,
  'test/package/client-package.e2e-spec.ts': 9,
  'test/contract/document.e2e-spec.ts': 8,
  'test/handshake/edge.e2e-spec.ts': 8,
  'test/observability/sinks.e2e-spec.ts': 8,
  'test/auth/verifiers.e2e-spec.ts': 7,
  'test/connection/restart.e2e-spec.ts': 7,
  'test/example/service-http.e2e-spec.ts': 7,
  'test/example/service.e2e-spec.ts': 7,
  'test/handshake/flood.e2e-spec.ts': 7,
  'test/messages/rfc6455.e2e-spec.ts': 7,
  'test/package/declarations.e2e-spec.ts': 7,
  'test/admin/operator-nodes.e2e-spec.ts': 6,
  'test/contract/generated-client.e2e-spec.ts': 6,
  'test/handshake/proxy-faults.e2e-spec.ts': 6,
  'test/messages/fuzz.e2e-spec.ts': 6,
  'test/package/consumer.e2e-spec.ts': 6,
  'test/auth/oidc.e2e-spec.ts': 5,
  'test/auth/verifiers-providers.e2e-spec.ts': 5,
  'test/contract/command.e2e-spec.ts': 5,
  'test/example/nodes.e2e-spec.ts': 5,
  'test/handshake/proxies.e2e-spec.ts': 5,
  'test/messages/backpressure.e2e-spec.ts': 5,
  'test/package/build.spec.ts': 5,
  'test/connection/moved-sessions.e2e-spec.ts': 4,
  'test/example/refused-page.e2e-spec.ts': 4,
  'test/handshake/tls.e2e-spec.ts': 4,
  'test/observability/verifier-outages.e2e-spec.ts': 4,
  'test/package/typed-events.e2e-spec.ts': 4,
  'src/validation/compiled/same-as-validation.spec.ts': 3,
  'test/admin/operator-events.e2e-spec.ts': 3,
  'test/connection/leftovers.e2e-spec.ts': 3,
  'test/contract/shapes.e2e-spec.ts': 3,
  'test/example/metrics.e2e-spec.ts': 3,
  'test/example/unix-socket.e2e-spec.ts': 3,
  'test/gateway/gateway-options.e2e-spec.ts': 3,
  'test/handshake/client-certificate.e2e-spec.ts': 3,
  'test/handshake/neighbours.e2e-spec.ts': 3,
  'test/observability/metrics.e2e-spec.ts': 3,
  'test/package/jest.e2e-spec.ts': 3,
  'test/throttling/throttling.e2e-spec.ts': 3,
  'test/handshake/end-of-line.e2e-spec.ts': 2,
  'test/observability/metric-names.e2e-spec.ts': 2,
  'src/options/wrong-kinds.spec.ts': 1,
};

const SECONDS = { ...WAITING, ...COMPUTING };

const pathOf = (test) => path.relative(process.cwd(), test.path).replaceAll('\\', '/');

const durationOf = (tests) => tests.reduce((sum, { duration }) => sum + duration, 0);

/** Both in their order, so that at each moment the same share of the time of each has been started. */
function interleaved(waiting, computing) {
  const places = [waiting, computing].flatMap((tests) => {
    const whole = durationOf(tests);
    let started = 0;
    return tests.map((test) => {
      const place = started / whole;
      started += test.duration;
      return { test, place };
    });
  });
  return places.toSorted((one, other) => one.place - other.place).map(({ test }) => test);
}

class LongestFirst extends TestSequencer {
  time(test) {
    const seconds = SECONDS[pathOf(test)];
    return super.time(test) ?? (seconds === undefined ? USUAL_MS : seconds * 1000);
  }

  sort(tests) {
    // oxlint-disable-next-line unicorn/no-array-sort -- the method of a sequencer
    const sorted = super.sort(tests);
    const waiting = sorted.filter((test) => pathOf(test) in WAITING);
    const computing = sorted.filter((test) => !(pathOf(test) in WAITING));
    return interleaved(waiting, computing);
  }
}

module.exports = LongestFirst;
