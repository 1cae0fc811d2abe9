import { isLoopback, parseRedisUrl } from './redis-url.js';

const problemOf = (url: string): string => {
  try {
    parseRedisUrl(url);
    return '';
  } catch (error) {
    return (error as Error).message;
  }
};

describe('parseRedisUrl', () => {
  it('reads a server with its defaults', () => {
    expect(parseRedisUrl('redis://cache')).toEqual({
      kind: 'single',
      hosts: [{ host: 'cache', port: 6379 }],
      tls: false,
      database: 0,
    });
  });

  it('reads user, password and database, percent-encoded', () => {
    expect(parseRedisUrl('rediss://ws%3Ause:p%40ss%2Fw%25:rd@[2001:db8::1]:7000/3')).toEqual({
      kind: 'single',
      hosts: [{ host: '2001:db8::1', port: 7000 }],
      tls: true,
      username: 'ws:use',
      password: 'p@ss/w%:rd',
      database: 3,
    });
    expect(parseRedisUrl('redis://:only@cache')).toMatchObject({ password: 'only' });
    expect(parseRedisUrl('redis://:only@cache')).not.toHaveProperty('username');
  });

  it('reads Sentinels and Clusters', () => {
    expect(parseRedisUrl('rediss+sentinel://:p@s1,s2:5000/main/2')).toEqual({
      kind: 'sentinel',
      hosts: [
        { host: 's1', port: 26_379 },
        { host: 's2', port: 5000 },
      ],
      tls: true,
      password: 'p',
      masterName: 'main',
      database: 2,
    });
    expect(parseRedisUrl('redis+cluster://c1:7000,[::1]:7001')).toMatchObject({
      kind: 'cluster',
      hosts: [
        { host: 'c1', port: 7000 },
        { host: '::1', port: 7001 },
      ],
    });
  });

  it.each([
    ['http://cache', /^must be a URL without query or fragment/],
    ['cache:6379', /^must be a URL/],
    ['redis://cache?family=6', /^must be a URL without query/],
    ['redis://', /^has a host/],
    ['redis://cache:0', /^has a host/],
    ['redis://cache:70000', /^has a host/],
    ['redis://[::zz]', /^has a host/],
    ['redis://a,b', /^names several hosts/],
    ['redis://user@cache', /^has a user without a password/],
    ['redis://cache/x', /database number/],
    ['redis+cluster://a,b/1', /only database 0/],
    ['redis+sentinel://a,b', /name of the master/],
    ['redis+sentinel://a/m/x', /database number/],
    ['redis://:%zz@cache', /two hexadecimal digits/],
  ])('refuses %s and says why', (url, message) => {
    expect(problemOf(url)).toMatch(message);
  });

  it('T8 never repeats the password', () => {
    for (const url of [
      'redis://u:canary@',
      'redis://u:can/ary@host',
      'redis://u:canary%@h',
      'x://u:canary@h',
    ])
      expect(problemOf(url)).not.toMatch(/canary|ary@/);
  });
});

describe('isLoopback', () => {
  it.each(['redis://localhost', 'redis://127.0.0.9', 'redis+cluster://[::1],127.0.0.1'])('%s is', (url) => {
    expect(isLoopback(parseRedisUrl(url))).toBe(true);
  });

  it.each([
    'redis://cache',
    'redis://10.0.0.1',
    'redis+cluster://127.0.0.1,10.0.0.1',
    'redis://localhost.example.com',
  ])('%s is not', (url) => {
    expect(isLoopback(parseRedisUrl(url))).toBe(false);
  });
});
