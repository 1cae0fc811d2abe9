/*
 * Starts the specs that take longest first, so that no worker is still busy with one when the others have ended. Jest
 * does that where it has run before; a clean checkout knows it from here.
 */
const { relative } = require('node:path');
const { default: TestSequencer } = require('@jest/test-sequencer');

/** What a spec takes that nobody has measured. */
const USUAL_MS = 2000;

/** In seconds. Only the order matters, so small changes need no update. */
const LONG = {
  'test/redis/limits.e2e-spec.ts': 55,
  'test/redis/nodes-as-one-start.e2e-spec.ts': 45,
  'test/redis/cluster-contracts.e2e-spec.ts': 40,
  'test/redis/sentinel-contracts.e2e-spec.ts': 38,
  'test/redis/sentinel.e2e-spec.ts': 31,
  'test/package/bench.e2e-spec.ts': 31,
  'test/example/page.e2e-spec.ts': 30,
  'test/redis/random-faults.e2e-spec.ts': 26,
  'test/redis/suspended-node.e2e-spec.ts': 24,
  'test/redis/redis-clock.e2e-spec.ts': 23,
  'test/redis/restarted-redis.e2e-spec.ts': 23,
  'test/example/service.e2e-spec.ts': 22,
  'test/redis/cluster.e2e-spec.ts': 22,
  'test/redis/nodes-as-one-outage.e2e-spec.ts': 21,
  'test/redis/streams.e2e-spec.ts': 20,
  'test/redis/nodes.e2e-spec.ts': 19,
  'test/package/consumer.e2e-spec.ts': 18,
  'src/validation/compiled/same-as-validation.spec.ts': 18,
  'src/testing/contracts/throttler-storage.contract.spec.ts': 18,
  'test/redis/nodes-as-one.e2e-spec.ts': 17,
  'test/redis/versions.e2e-spec.ts': 16,
  'test/redis/nodes-as-one-shared.e2e-spec.ts': 15,
  'test/package/jest.e2e-spec.ts': 15,
  'test/messages/fuzz.e2e-spec.ts': 15,
  'test/redis/limits-model.spec.ts': 15,
  'test/connection/churn.e2e-spec.ts': 14,
  'test/example/nodes-page.e2e-spec.ts': 14,
  'test/example/unix-socket.e2e-spec.ts': 14,
  'test/redis/slow-redis.e2e-spec.ts': 14,
  'test/redis/tables-contracts.e2e-spec.ts': 14,
  'test/connection/restart.e2e-spec.ts': 13,
  'test/connection/stopped-peer.e2e-spec.ts': 12,
  'test/redis/link.e2e-spec.ts': 12,
  'test/example/service-http.e2e-spec.ts': 11,
};

class LongestFirst extends TestSequencer {
  time(test) {
    const path = relative(process.cwd(), test.path).replaceAll('\\', '/');
    return super.time(test) ?? (path in LONG ? LONG[path] * 1000 : USUAL_MS);
  }
}

module.exports = LongestFirst;
