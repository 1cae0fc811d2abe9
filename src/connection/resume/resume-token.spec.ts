import { NodeIdentity } from '../../nodes/node-identity.js';
import { createResumeToken, hashOfResumeToken, nodeOfResumeToken } from './resume-token.js';

it('S5 a token names its node, and has 24 random bytes beside', () => {
  const [one, other] = [new NodeIdentity().id, new NodeIdentity().id];
  expect(one).not.toBe(other);
  for (const node of [one, other]) {
    const tokens = Array.from({ length: 100 }, () => createResumeToken(node));
    for (const token of tokens) {
      expect(token).toMatch(/^[\w-]{43}$/);
      expect(nodeOfResumeToken(token)).toBe(node);
    }
    const secrets = tokens.map((token) => Buffer.from(token, 'base64url').subarray(8).toString('hex'));
    expect(new Set(secrets).size).toBe(100);
    expect(secrets[0]).toHaveLength(48);
    expect(new Set(tokens.map(hashOfResumeToken)).size).toBe(100);
  }
});

it('a token of any length names some node', () => {
  for (const token of ['', 'A', 'A'.repeat(43), '_'.repeat(100)]) {
    expect(typeof nodeOfResumeToken(token)).toBe('string');
  }
});
