import { claimAt, stringsOf } from './claim-at.js';

const CLAIMS = {
  roles: ['a'],
  'https://app.test/roles': ['b'],
  'cognito:groups': ['c'],
  realm_access: { roles: ['d'] },
  resource_access: { 'chat.web': { roles: ['e'] }, chat: { web: { roles: ['f'] } } },
  'a.b': { c: 'literal' },
  a: { b: { c: 'nested' }, 'b.d': 1 },
  nothing: null,
};

describe('claimAt', () => {
  it.each<[string, unknown]>([
    ['roles', ['a']],
    ['https://app.test/roles', ['b']],
    ['cognito:groups', ['c']],
    ['realm_access.roles', ['d']],
    ['resource_access.chat.web.roles', ['f']],
    ['a.b.c', 'nested'],
    ['a.b.d', 1],
    ['a.b', { c: 'literal' }],
    ['realm_access', { roles: ['d'] }],
    ['realm_access.other', undefined],
    ['nothing', null],
    ['nothing.more', undefined],
    ['roles.length', undefined],
    ['constructor', undefined],
    ['realm_access.constructor.name', undefined],
    ['__proto__', undefined],
    ['', undefined],
    ['.', undefined],
  ])('finds %s', (path, value) => expect(claimAt(CLAIMS, path)).toEqual(value));

  it('finds members of a client whose name has dots', () => {
    const claims = { resource_access: { 'chat.web': { roles: ['e'] } } };
    expect(claimAt(claims, 'resource_access.chat.web.roles')).toEqual(['e']);
  });
});

it('stringsOf takes a string or the strings of a list', () => {
  expect([stringsOf('a'), stringsOf(['a', 1, null, '', 'b'])]).toEqual([['a'], ['a', 'b']]);
  expect([stringsOf(undefined), stringsOf({ a: 1 }), stringsOf(7), stringsOf('')]).toEqual([[], [], [], []]);
});
