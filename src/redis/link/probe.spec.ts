import { parseRedisUrl } from '../../options/redis-url.js';
import { linesTo } from './ioredis-lines.js';
import { probe } from './probe.js';

describe('probe', () => {
  it('says what is wrong while the file of a certificate cannot be read', async () => {
    const files = { ca: '/nowhere/ca.pem' };
    const lines = await linesTo(parseRedisUrl('rediss://127.0.0.1:1'), files, 1000);
    const settings = { key: 'probe', strangers: [], nodeTtlMs: 10_000, deadlineMs: 1000 };
    const failure: unknown = expect.stringMatching(/WS_REDIS_TLS_\* \(ENOENT\)$/);
    expect(await probe(lines, settings)).toEqual({ failure });
  });
});
