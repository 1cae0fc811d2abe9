/*
 * Starts the specs that take longest first, so that no worker is still busy with one when the others have ended, and
 * those that wait beside those that compute, so that the processors are never idle. Jest knows how long they take where
 * it has run before; a clean checkout knows it from here.
 */
const path = require('node:path');
const { default: TestSequencer } = require('@jest/test-sequencer');

/** What a spec takes that nobody has measured. */
const USUAL_MS = 2000;

/** Those that mostly wait, in seconds. Only the order matters, so small changes need no update. */
const WAITING = {
  'test/redis/bounded-outages.e2e-spec.ts': 35,
  'test/redis/thousand-connects.e2e-spec.ts': 31,
  'test/package/bench-nodes.e2e-spec.ts': 28,
  'test/redis/cluster.e2e-spec.ts': 28,
  'test/redis/random-faults.e2e-spec.ts': 24,
  'test/redis/suspended-node.e2e-spec.ts': 19,
  'test/redis/cluster-contracts.e2e-spec.ts': 17,
  'test/redis/limits.e2e-spec.ts': 15,
  'test/redis/sentinel.e2e-spec.ts': 13,
  'test/redis/slow-redis.e2e-spec.ts': 12,
  'test/redis/nodes-as-one-start.e2e-spec.ts': 11,
  'test/redis/link.e2e-spec.ts': 9,
  'test/redis/nodes-as-one-outage.e2e-spec.ts': 9,
  'test/redis/streams.e2e-spec.ts': 8,
  'test/connection/stopped-peer.e2e-spec.ts': 8,
  'test/redis/tables-outages.e2e-spec.ts': 8,
  'test/redis/versions.e2e-spec.ts': 7,
  'test/example/probes.e2e-spec.ts': 7,
  'test/redis/redis-clock.e2e-spec.ts': 7,
  'test/redis/caps.e2e-spec.ts': 7,
  'test/redis/nodes-as-one.e2e-spec.ts': 6,
  'test/redis/sentinel-contracts.e2e-spec.ts': 6,
  'test/redis/signals-resume.e2e-spec.ts': 6,
  'test/redis/nodes-as-one-shared.e2e-spec.ts': 6,
  'test/redis/nodes.e2e-spec.ts': 6,
  'test/redis/restarted-redis.e2e-spec.ts': 6,
  'test/redis/full-redis.e2e-spec.ts': 6,
  'test/redis/tables-contracts.e2e-spec.ts': 6,
  'test/redis/tickets.e2e-spec.ts': 6,
  'test/redis/tables-size.e2e-spec.ts': 6,
  'test/redis/link-failover.e2e-spec.ts': 5,
  'test/redis/link-blocking.e2e-spec.ts': 5,
  'test/redis/tables.e2e-spec.ts': 5,
  'test/redis/limits-model.spec.ts': 4,
  'test/redis/link-slow.e2e-spec.ts': 4,
  'test/redis/limits-costs.e2e-spec.ts': 4,
  'test/redis/streams-contracts.e2e-spec.ts': 4,
};

/** Those that compute, with their child processes. */
const COMPUTING = {
  'test/example/page.e2e-spec.ts': 39,
  'test/package/bench.e2e-spec.ts': 29,
  'test/admin/operator-page.e2e-spec.ts': 21,
  'test/package/jest.e2e-spec.ts': 18,
  'test/package/newcomer.e2e-spec.ts': 16,
  'test/connection/churn.e2e-spec.ts': 15,
  'test/package/declarations.e2e-spec.ts': 14,
  'test/messages/rfc6455.e2e-spec.ts': 12,
  'test/example/nodes-page.e2e-spec.ts': 12,
  'test/contract/generated-client.e2e-spec.ts': 12,
  'test/handshake/flood.e2e-spec.ts': 11,
  'test/auth/verifiers.e2e-spec.ts': 11,
  'test/handshake/edge.e2e-spec.ts': 10,
  'test/handshake/proxy-faults.e2e-spec.ts': 9,
  'test/package/consumer.e2e-spec.ts': 9,
  'test/example/service.e2e-spec.ts': 8,
  'test/example/service-http.e2e-spec.ts': 8,
  'test/connection/restart.e2e-spec.ts': 8,
  'test/example/nodes.e2e-spec.ts': 8,
  'test/package/typed-events.e2e-spec.ts': 8,
  'test/contract/document.e2e-spec.ts': 7,
  'test/contract/command.e2e-spec.ts': 7,
  'test/example/refused-page.e2e-spec.ts': 7,
  'test/handshake/proxies.e2e-spec.ts': 7,
  'test/handshake/end-of-line.e2e-spec.ts': 7,
  'test/admin/operator-nodes.e2e-spec.ts': 6,
  'test/messages/backpressure.e2e-spec.ts': 6,
  'test/observability/metric-names.e2e-spec.ts': 6,
  'test/observability/verifier-outages.e2e-spec.ts': 6,
  'test/observability/metrics.e2e-spec.ts': 6,
  'test/auth/oidc.e2e-spec.ts': 5,
  'test/connection/leftovers.e2e-spec.ts': 5,
  'test/example/unix-socket.e2e-spec.ts': 5,
  'test/package/build.spec.ts': 5,
  'test/throttling/throttling.e2e-spec.ts': 5,
  'test/handshake/tls.e2e-spec.ts': 5,
  'src/options/wrong-kinds.spec.ts': 5,
  'test/messages/fuzz.e2e-spec.ts': 4,
  'test/contract/shapes.e2e-spec.ts': 4,
  'test/package/client-package.e2e-spec.ts': 4,
  'test/auth/verifiers-providers.e2e-spec.ts': 4,
  'test/observability/sinks.e2e-spec.ts': 4,
  'test/handshake/neighbours.e2e-spec.ts': 4,
  'test/connection/moved-sessions.e2e-spec.ts': 4,
  'src/validation/compiled/same-as-validation.spec.ts': 4,
  'test/handshake/client-certificate.e2e-spec.ts': 4,
};

const SECONDS = { ...WAITING, ...COMPUTING };

const pathOf = (test) => path.relative(process.cwd(), test.path).replaceAll('\\', '/');

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
    return computing
      .flatMap((test, i) => [test, ...waiting.slice(i, i + 1)])
      .concat(waiting.slice(computing.length));
  }
}

module.exports = LongestFirst;
