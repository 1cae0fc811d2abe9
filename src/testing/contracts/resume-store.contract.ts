import assert from 'node:assert/strict';
import type { ResumeStore } from '../../connection/resume/resume-store.js';
import { createResumeToken, hashOfResumeToken } from '../../connection/resume/resume-token.js';
import type { SessionSnapshot } from '../../connection/resume/session-snapshot.js';
import { NodeIdentity } from '../../nodes/node-identity.js';
import { casesOf, type ContractCase, type CreateSubject } from './contract-case.js';

/** A `ResumeStore` on a node. @publicApi */
export interface ResumeStoreNode {
  readonly store: ResumeStore;
  /** The id of the node, as in its tokens. */
  readonly nodeId: string;
}

const TTL_MS = 1000;
const OWNER = 'principal:22:https://issuer.example:alice';

const SNAPSHOT: SessionSnapshot = {
  owner: OWNER,
  principal: {
    id: 'alice',
    issuer: 'https://issuer.example',
    kind: 'token',
    roles: ['user'],
    scopes: [],
    claims: { sub: 'alice', iat: 1_700_000_000.5, nested: { list: [1, null, '語'] } },
    expiresAt: null,
    sessionId: 'one',
  },
  path: '/ws',
  rooms: ['a:b', '語 \n'],
  seq: 7,
  at: '0000000001-0',
  startedAt: 1_700_000_000_000,
  kept: [
    { seq: 6, text: '{"event":"tick","data":"\\u2028 🙂"', room: 'a:b' },
    { seq: 7, text: '{"event":"tick","data":{"n":[1,2]}' },
  ],
};

/** The contract of every `ResumeStore`. @publicApi */
export function resumeStoreContract(create: CreateSubject<ResumeStoreNode>): ContractCase[] {
  return casesOf(create, {
    'moves a session to another node, unchanged': async ({ store, other }) => {
      const token = holding(store);
      assert.deepEqual(await fetch(other, token), SNAPSHOT);
    },

    'S5 only one of 50 concurrent calls gets a session': async ({ store, other }) => {
      const token = holding(store);
      assert.equal(await countOf(fifty(store, other, token)), 1);
      assert.equal(await fetch(other, token), undefined);
    },

    'S5 only one of 50 concurrent calls gets a session of a stopped node': async (bench) => {
      const token = await leaving(bench.store);
      await bench.settle();
      assert.equal(await countOf(fifty(bench.store, bench.other, token)), 1);
      assert.equal(await fetch(bench.other, token), undefined);
    },

    'S5 only its owner gets a session, and other owners do not remove it': async ({ store, other }) => {
      const token = holding(store);
      assert.equal(await other.store.fetch(token, 'principal:0::mallory', '/ws', 0), undefined);
      assert.deepEqual(await fetch(other, token), SNAPSHOT);
    },

    'S5 a session is bound to its path, and calls for other paths do not remove it': async ({
      store,
      other,
    }) => {
      const token = holding(store);
      assert.equal(await other.store.fetch(token, OWNER, '/other', 0), undefined);
      assert.deepEqual(await fetch(other, token), SNAPSHOT);
    },

    'S5 the same applies to a session of a stopped node': async ({ store, other, settle }) => {
      const token = await leaving(store);
      await settle();
      assert.equal(await other.store.fetch(token, 'principal:0::mallory', '/ws', 0), undefined);
      assert.equal(await other.store.fetch(token, OWNER, '/other', 0), undefined);
      assert.deepEqual(await fetch(other, token), SNAPSHOT);
    },

    'returns undefined for unknown tokens': async ({ store, other }) => {
      holding(store);
      const unknown = [createResumeToken(store.nodeId), createResumeToken(new NodeIdentity().id)];
      for (const token of unknown) assert.equal(await fetch(other, token), undefined);
    },

    'S5 deletes a session of a stopped node after its ttl': async (bench) => {
      const { store, other, pass, settle, toleranceMs } = bench;
      const token = await leaving(store);
      await settle();
      await pass(TTL_MS + toleranceMs);
      assert.equal(await fetch(other, token), undefined);
    },

    'keeps a session of a stopped node until its ttl is over': async ({
      store,
      other,
      pass,
      settle,
      toleranceMs,
    }) => {
      const token = await leaving(store, TTL_MS + toleranceMs);
      await settle();
      await pass(TTL_MS - 1);
      assert.deepEqual(await fetch(other, token), SNAPSHOT);
    },

    'stores many sessions at once, and reads each once': async ({ store, other, settle }) => {
      const tokens = Array.from({ length: 200 }, () => createResumeToken(store.nodeId));
      let read = 0;
      const sessions = (function* () {
        for (const [n, token] of tokens.entries()) {
          read++;
          yield [hashOfResumeToken(token), { ...SNAPSHOT, seq: n + 7 }, TTL_MS * 60] as const;
        }
      })();
      await store.store.leave(sessions);
      assert.equal(read, 200);
      await settle();
      for (const [n, token] of tokens.entries())
        assert.deepEqual(await fetch(other, token), { ...SNAPSHOT, seq: n + 7 });
    },

    'may omit pushes that the client has received': async ({ store, other }) => {
      const token = holding(store);
      const found = await other.store.fetch(token, OWNER, '/ws', 6);
      assert.equal(found?.seq, 7);
      assert.deepEqual(found.kept.at(-1), SNAPSHOT.kept.at(-1));
    },
  });
}

/** A node that hands a session out once, to its owner, on its path. @returns the token of the session */
function holding({ store, nodeId }: ResumeStoreNode): string {
  const token = createResumeToken(nodeId);
  const held = new Map([[hashOfResumeToken(token), SNAPSHOT]]);
  store.serve((hash, owner, path) => {
    const session = held.get(hash);
    if (session?.owner !== owner || session.path !== path) return undefined;
    held.delete(hash);
    return session;
  });
  return token;
}

async function leaving({ store, nodeId }: ResumeStoreNode, ttlMs = TTL_MS): Promise<string> {
  const token = createResumeToken(nodeId);
  await store.leave([[hashOfResumeToken(token), SNAPSHOT, ttlMs]]);
  return token;
}

/** Passes the session through JSON, as a store may do. */
async function fetch({ store }: ResumeStoreNode, token: string): Promise<SessionSnapshot | undefined> {
  const found = await store.fetch(token, OWNER, '/ws', 0);
  return found && (JSON.parse(JSON.stringify(found)) as SessionSnapshot);
}

function fifty(
  one: ResumeStoreNode,
  other: ResumeStoreNode,
  token: string,
): Promise<SessionSnapshot | undefined>[] {
  return Array.from({ length: 50 }, (_, n) => fetch(n % 2 === 0 ? other : one, token));
}

async function countOf(answers: Promise<SessionSnapshot | undefined>[]): Promise<number> {
  return (await Promise.all(answers)).filter((found) => found !== undefined).length;
}
