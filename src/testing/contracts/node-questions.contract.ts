import assert from 'node:assert/strict';
import type { NodeQuestions } from '../../nodes/node-questions.js';
import { casesOf, type ContractCase, type CreateSubject } from './contract-case.js';

/**
 * The contract of every `NodeQuestions`. Each case asks on the first and the last node. A subject has one or two nodes.
 *
 * @publicApi
 */
export function nodeQuestionsContract(create: CreateSubject<NodeQuestions>): ContractCase[] {
  return casesOf(create, {
    'a question reaches every node, and each one answers': async ({ store, other }) => {
      const nodes = distinct(store, other);
      nodes.forEach((node, n) => node.serve('number', () => n));
      for (const node of nodes) {
        const { asked, answers } = await node.ask('number', null);
        assert.equal(asked, nodes.length);
        assert.deepEqual(
          answers.map(({ body }) => body as number).toSorted(),
          nodes.map((_, n) => n),
        );
        assert.equal(new Set(answers.map((answer) => answer.node)).size, nodes.length);
      }
    },

    'questions and answers arrive unchanged': async ({ store, other }) => {
      for (const node of distinct(store, other)) node.serve('echo', (body) => body);
      const bodies: unknown[] = [null, 0, 'é\u2028', { a: [1, { b: false }] }, 'x'.repeat(30_000)];
      for (const body of bodies)
        for (const answer of (await other.ask('echo', body)).answers) assert.deepEqual(answer.body, body);
    },

    'kinds are separate, and a kind that nobody serves has no answers': async ({ store, other }) => {
      for (const node of distinct(store, other)) {
        node.serve('one', () => 1);
        node.serve('two', async () => 2);
      }
      assert.ok((await store.ask('one', null)).answers.every(({ body }) => body === 1));
      assert.ok((await other.ask('two', null)).answers.every(({ body }) => body === 2));
      const { asked, answers } = await store.ask('three', null);
      assert.deepEqual([asked, answers.length], [distinct(store, other).length, 0]);
    },

    'concurrent questions have separate answers': async ({ store, other }) => {
      for (const node of distinct(store, other)) node.serve('echo', (body) => body);
      const numbers = Array.from({ length: 16 }, (_, n) => n);
      const answers = await Promise.all(numbers.map((n) => (n % 2 === 0 ? store : other).ask('echo', n)));
      answers.forEach((one, n) => {
        assert.deepEqual(
          one.answers.map(({ body }) => body),
          distinct(store, other).map(() => n),
        );
      });
    },

    'S2 a node learns when it was asked': async ({ store, other, toleranceMs }) => {
      const moments: number[] = [];
      for (const node of distinct(store, other)) {
        node.serve('when', (_, before) => {
          moments.push(before);
          return null;
        });
      }
      const askedAt = Date.now();
      await store.ask('when', null);
      const answeredAt = Date.now();
      assert.equal(moments.length, distinct(store, other).length);
      for (const before of moments) {
        assert.ok(before >= askedAt - toleranceMs, `${before} is before ${askedAt}`);
        assert.ok(before <= answeredAt + toleranceMs || before === Infinity);
      }
    },
  });
}

function distinct(...stores: NodeQuestions[]): NodeQuestions[] {
  return [...new Set(stores)];
}
